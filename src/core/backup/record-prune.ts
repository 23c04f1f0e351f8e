import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import type { PruneResult } from './prune-backups.ts';
import { insertRecord } from './record-queries.ts';

/** Puts on record that old backups were removed. `started`: milliseconds since the epoch. */
export async function recordPrune(
  queries: Queries,
  { store, bytes_freed }: Pick<PruneResult, 'store' | 'bytes_freed'>,
  { clock, run, started }: { readonly clock: Clock; readonly run: Run; readonly started: number },
): Promise<void> {
  await insertRecord(queries, {
    action: 'pruned',
    outcome: 'done',
    backup_id: null,
    store,
    rows: null,
    bytes: bytes_freed,
    new_bytes: null,
    duration_ms: clock.milliseconds() - started,
    problem: null,
    run_id: run.id,
    recorded_at: clock.now(),
  });
}
