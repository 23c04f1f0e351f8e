import { dropTables, type Migration } from '../src/core/database/migration.ts';

/** What was done about backups of this database: made, restored on trial, pruned. */
export const migration: Migration = {
  name: '0011-backups',
  up: (t) => [
    `create table backup_records (
      id ${t.id},
      action ${t.text} not null check (action in ('created', 'drilled', 'pruned')),
      outcome ${t.text} not null check (outcome in ('done', 'failed')),
      backup_id ${t.text},
      store ${t.text} not null,
      rows ${t.integer},
      bytes ${t.integer},
      new_bytes ${t.integer},
      duration_ms ${t.integer} not null,
      problem ${t.text},
      run_id ${t.integer} references runs (id),
      recorded_at ${t.time} not null
    ${t.end}`,
    `create index backup_records_by_action on backup_records (action, outcome, id)`,
  ],
  down: (t) => dropTables(t, ['backup_records']),
};
