import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';

/** Records that a campaign was tried out; to whom is nobody's business. */
export async function appendTestAudit(
  database: Database,
  clock: Clock,
  run: Run,
  campaign: string,
  addresses: number,
): Promise<void> {
  await database.transaction((trx) =>
    appendAudit(trx, clock, run, { action: 'campaign.tested', subject: campaign, details: { addresses } }),
  );
}
