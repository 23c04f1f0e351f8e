import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import type { Instant } from '../time.ts';
import { deleteUnreferencedRuns } from './run-queries.ts';

/**
 * Removes runs that ended before a time and that nothing refers to: no entry of the audit log, no import, no movement in the
 * ledger. The newest of each command and outcome stays.
 */
export async function pruneRuns(
  { database, clock, run }: { readonly database: Database; readonly clock: Clock; readonly run: Run },
  { before, dryRun }: { readonly before: Instant; readonly dryRun: boolean },
): Promise<{ readonly removed: number }> {
  return database.transaction(
    async (transaction) => {
      const removed = await deleteUnreferencedRuns(transaction, before);
      if (removed > 0) {
        const details = { removed, before };
        await appendAudit(transaction, clock, run, { action: 'runs.pruned', subject: 'runs', details });
      }
      return { removed };
    },
    { rollback: dryRun },
  );
}
