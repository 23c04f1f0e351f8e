import type { Queries } from '../database/database.ts';
import type { Instant } from '../time.ts';
import { findLastRecord } from './record-queries.ts';

/** Something that was done about a backup of this database. */
export interface BackupRecord {
  readonly at: Instant;
  readonly backup_id: string | null;
  /** A folder or s3://…, never with credentials. */
  readonly store: string;
  readonly rows: number | null;
  /** Bytes of the whole backup in its store, and of what no earlier one shares. */
  readonly bytes: number | null;
  readonly new_bytes: number | null;
  readonly duration_ms: number;
  /** Why it failed; null when it did not. */
  readonly problem: string | null;
}

export interface LastBackups {
  /** The newest backup that was made. */
  readonly created: BackupRecord | undefined;
  /** The newest drill in which a backup was restored on trial and found whole. */
  readonly drilled: BackupRecord | undefined;
  /** The newest drill that failed, when it is newer than `drilled`. */
  readonly drill_failed: BackupRecord | undefined;
  readonly pruned: BackupRecord | undefined;
}

/** When this database was last backed up, and a backup of it last restored on trial: four indexed look-ups. */
export async function findLastBackups(queries: Queries): Promise<LastBackups> {
  const created = await findLastRecord(queries, 'created', 'done');
  const drilled = await findLastRecord(queries, 'drilled', 'done');
  const failed = await findLastRecord(queries, 'drilled', 'failed');
  const pruned = await findLastRecord(queries, 'pruned', 'done');
  const isNewer = failed !== undefined && (drilled === undefined || failed.id > drilled.id);
  return {
    created: describe(created),
    drilled: describe(drilled),
    drill_failed: isNewer ? describe(failed) : undefined,
    pruned: describe(pruned),
  };
}

function describe(row: Awaited<ReturnType<typeof findLastRecord>>): BackupRecord | undefined {
  if (row === undefined) return undefined;
  const { backup_id, store, rows, bytes, new_bytes, duration_ms, problem, recorded_at } = row;
  return { at: recorded_at, backup_id, store, rows, bytes, new_bytes, duration_ms, problem };
}
