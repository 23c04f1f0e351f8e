import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import { sha256 } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import { insertMetaOnce, saveMeta } from '../database/meta-queries.ts';
import {
  addSuppression,
  doubtDeliveries,
  endWork,
  eraseAgain,
  listProtectedPages,
  listSecrets,
  listSuppressionPages,
  withdrawConsent,
} from './protection-queries.ts';

export interface AdoptOptions {
  readonly clock: Clock;
  readonly run: Run;
  /** The backup's id. */
  readonly id: string;
  /** The database that is replaced, or undefined when there is none, or none that can be read. */
  readonly old: Queries | undefined;
}

export interface Adopted {
  readonly quarantined_at: string;
  /** Deliveries that were being sent when the backup was made. */
  readonly in_doubt: number;
  /** Suppressions of the replaced database that the backup did not have. */
  readonly suppressions_kept: number;
  /** Withdrawn consents of the replaced database that the backup did not have. */
  readonly consents_kept: number;
  /** People erased since the backup, erased again. */
  readonly erased_again: number;
}

/** Makes a loaded archive the database that it replaces: quarantined, and with what no restore may undo. */
export async function adoptRestored(transaction: Queries, options: AdoptOptions): Promise<Adopted> {
  const { clock, run, id, old } = options;
  const now = clock.now();
  await saveMeta(transaction, 'quarantined_at', now);
  const in_doubt = await doubtDeliveries(transaction);
  await endWork(transaction, now);
  const kept = old === undefined ? NOTHING_KEPT : await keepProtections(transaction, old, now);
  const adopted = { quarantined_at: now, in_doubt, ...kept };
  await appendAudit(transaction, clock, run, {
    action: 'backup.restored',
    subject: id,
    details: { ...adopted },
  });
  return adopted;
}

const NOTHING_KEPT = { suppressions_kept: 0, consents_kept: 0, erased_again: 0 };

async function keepProtections(
  transaction: Queries,
  old: Queries,
  now: string,
): Promise<typeof NOTHING_KEPT> {
  // A suppression can only be recognised with the secret that it was hashed with.
  for (const { value } of await listSecrets(old)) {
    await insertMetaOnce(transaction, `generated_secret.${sha256(value).slice(0, 16)}`, value);
  }
  let suppressions = 0;
  for await (const page of listSuppressionPages(old)) {
    for (const row of page) suppressions += Number(await addSuppression(transaction, row));
  }
  return { suppressions_kept: suppressions, ...(await keepPeople(transaction, old, now)) };
}

async function keepPeople(
  transaction: Queries,
  old: Queries,
  now: string,
): Promise<{ consents_kept: number; erased_again: number }> {
  let consents = 0;
  let erased = 0;
  for await (const page of listProtectedPages(old)) {
    for (const customer of page) {
      if (customer.erased_at !== null) erased += Number(await eraseAgain(transaction, customer, now));
      else consents += Number(await withdrawConsent(transaction, customer, now));
    }
  }
  return { consents_kept: consents, erased_again: erased };
}
