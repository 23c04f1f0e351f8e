import { dropTables, type Migration } from '../src/core/database/migration.ts';

// Deleting an old run asks every table that points at it: without an index each question reads the whole table.
const POINT_AT_RUNS = [
  'audit_log',
  'imports',
  'suppressions',
  'sign_ups',
  'booking_changes',
  'referral_decisions',
  'payouts',
  'ledger_entries',
];

/** Jobs that cron starts: what ran for which time, whether the operator was told, and which campaigns they may send. */
export const migration: Migration = {
  name: '0012-jobs',
  up: (t) => [
    `create table job_runs (
      id ${t.id},
      job ${t.text} not null,
      slot ${t.time} not null,
      status ${t.text} not null check (status in ('running', 'done', 'partial', 'failed')),
      attempts ${t.integer} not null check (attempts > 0),
      run_id ${t.integer} references runs (id),
      host ${t.text} not null,
      process_id ${t.integer} not null,
      started_at ${t.time} not null,
      finished_at ${t.time},
      summary ${t.json} not null,
      error ${t.text},
      unique (job, slot)
    ${t.end}`,
    `create table job_states (
      job ${t.text} primary key,
      failing_since ${t.time},
      failures ${t.integer} not null check (failures >= 0),
      mailed_at ${t.time},
      posted_at ${t.time}
    ${t.end}`,
    `create table campaign_schedules (
      campaign_id ${t.integer} primary key references campaigns (id),
      operator ${t.text} not null,
      scheduled_at ${t.time} not null
    ${t.end}`,
    ...[...POINT_AT_RUNS, 'job_runs'].map(
      (table) => `create index ${table}_by_run on ${table} (run_id) where run_id is not null`,
    ),
  ],
  down: (t) => [
    ...POINT_AT_RUNS.map((table) => `drop index ${table}_by_run`),
    ...dropTables(t, ['campaign_schedules', 'job_states', 'job_runs']),
  ],
};
