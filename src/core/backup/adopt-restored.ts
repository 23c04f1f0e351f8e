import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import { saveMeta } from '../database/meta-queries.ts';
import { finishRun, type RunStart, startRun } from '../runs/record-run.ts';
import type { Instant } from '../time.ts';
import { type Kept, keepProtections, NOTHING_KEPT } from './keep-protections.ts';
import { doubtDeliveries, endWork } from './protection-queries.ts';

export interface AdoptOptions {
  readonly clock: Clock;
  readonly run: Run;
  /** The restore itself, as it is recorded in the restored database; not recorded without it. */
  readonly start?: RunStart | undefined;
  /** The backup's id, and when it was made. */
  readonly id: string;
  readonly snapshotAt: Instant;
  /** The database that is replaced, or undefined when there is none, or none that can be read. */
  readonly old: Queries | undefined;
}

export interface Adopted extends Kept {
  readonly quarantined_at: string;
  /** Deliveries that were being sent when the backup was made. */
  readonly in_doubt: number;
}

/** Makes a loaded archive the database that it replaces: quarantined, and with what no restore may undo. */
export async function adoptRestored(transaction: Queries, options: AdoptOptions): Promise<Adopted> {
  const { clock, id, old, snapshotAt, start } = options;
  const now = clock.now();
  await saveMeta(transaction, 'quarantined_at', now);
  const in_doubt = await doubtDeliveries(transaction);
  await endWork(transaction, now);
  const kept =
    old === undefined
      ? NOTHING_KEPT
      : await keepProtections(transaction, old, { clock, run: options.run, snapshotAt });
  const adopted = { quarantined_at: now, in_doubt, ...kept };
  const run = start === undefined ? options.run : await startRun(transaction, clock, start);
  await appendAudit(transaction, clock, run, {
    action: 'backup.restored',
    subject: id,
    details: { ...adopted },
  });
  if (start !== undefined && run.id !== null) {
    const end = { status: 'done' as const, exitCode: 0, summary: { id, ...adopted } };
    await finishRun(transaction, clock, run.id, end);
  }
  return adopted;
}
