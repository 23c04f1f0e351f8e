import { appendOnly, dropTables, type Migration } from '../src/core/database/migration.ts';

/** What the program knows about itself: facts, settings, runs, the audit log, files taken in, saved mappings. */
export const migration: Migration = {
  name: '0001-operations',
  up: (t) => [
    `create table meta (name ${t.text} primary key, value ${t.text} not null ${t.end}`,
    `create table settings (
      name ${t.text} primary key, value ${t.json} not null, updated_at ${t.time} not null, updated_by ${t.text} not null
    ${t.end}`,
    `create table flags (
      name ${t.text} primary key, enabled ${t.flag} not null check (enabled in (0, 1)),
      updated_at ${t.time} not null, updated_by ${t.text} not null
    ${t.end}`,
    `create table runs (
      id ${t.id},
      command ${t.text} not null,
      arguments ${t.json} not null,
      operator ${t.text} not null,
      host ${t.text} not null,
      process_id ${t.integer} not null,
      program_version ${t.text} not null,
      started_at ${t.time} not null,
      finished_at ${t.time},
      status ${t.text} not null check (status in ('running', 'done', 'partial', 'failed', 'interrupted')),
      exit_code ${t.integer},
      summary ${t.json} not null
    ${t.end}`,
    `create table audit_log (
      sequence ${t.integer} primary key check (sequence > 0),
      at ${t.time} not null,
      run_id ${t.integer} references runs (id),
      operator ${t.text} not null,
      action ${t.text} not null,
      subject ${t.text} not null,
      details ${t.text} not null,
      previous_hash ${t.text} not null unique,
      hash ${t.text} not null unique
    ${t.end}`,
    ...appendOnly(t, 'audit_log', ['sequence', 'previous_hash', 'hash']),
    `create table imports (
      id ${t.id},
      kind ${t.text} not null check (kind in ('customers', 'bookings', 'events', 'suppressions')),
      scope ${t.text} not null,
      sha256 ${t.text} not null,
      rows ${t.integer} not null check (rows >= 0),
      run_id ${t.integer} references runs (id),
      imported_at ${t.time} not null
    ${t.end}`,
    `create index imports_by_content on imports (kind, scope, sha256)`,
    `create table profiles (
      name ${t.text} primary key,
      kind ${t.text} not null check (kind in ('customers', 'bookings')),
      definition ${t.json} not null,
      updated_at ${t.time} not null,
      updated_by ${t.text} not null
    ${t.end}`,
  ],
  down: (t) => dropTables(t, ['profiles', 'imports', 'audit_log', 'runs', 'flags', 'settings', 'meta']),
};
