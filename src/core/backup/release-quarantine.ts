import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { deleteMeta } from '../database/meta-queries.ts';
import { findQuarantine } from '../settings/quarantine.ts';
import type { Instant } from '../time.ts';

export interface ReleaseOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly run: Run;
  readonly dryRun: boolean;
}

/** Lets a restored database send and pay again; since when it was not allowed to, or undefined when it was. */
export async function releaseQuarantine(options: ReleaseOptions): Promise<Instant | undefined> {
  const { database, clock, run, dryRun } = options;
  return database.transaction(
    async (transaction) => {
      const since = await findQuarantine(transaction);
      if (since === undefined) return undefined;
      await deleteMeta(transaction, 'quarantined_at');
      await appendAudit(transaction, clock, run, {
        action: 'backup.released',
        subject: database.name,
        details: { quarantined_at: since },
      });
      return since;
    },
    { rollback: dryRun },
  );
}
