import type { Run } from '../audit/run.ts';
import { sha256 } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import { forgetPeople } from '../customers/forget-people.ts';
import type { Queries } from '../database/database.ts';
import { insertMetaOnce } from '../database/meta-queries.ts';
import { addMilliseconds, type Instant } from '../time.ts';
import { type KeptPayments, keepPayments } from './keep-payments.ts';
import {
  addSuppressions,
  type KeptCustomer,
  listFrozen,
  listProtectedPages,
  listSecrets,
  listSentPages,
  listSuppressionPages,
  listUnerased,
  type SentDelivery,
  type SettledDelivery,
  settleDeliveries,
  withdrawConsents,
} from './protection-queries.ts';

/** What the replaced database knew and the backup does not. */
export interface Kept extends KeptPayments {
  /** Suppressions that were added. */
  readonly suppressions_kept: number;
  /** Consents that were withdrawn again. */
  readonly consents_kept: number;
  /** People erased since the backup, erased again. */
  readonly erased_again: number;
  /** Mails that went out since the backup, or may have, to recipients that it has as pending: they are not sent again. */
  readonly sends_kept: number;
  /** Mails that went out since the backup and that it knows nothing of: their campaigns or recipients came later. */
  readonly sends_lost: number;
  /** The same by campaign. */
  readonly sends_lost_by_campaign: Readonly<Record<string, number>>;
}

export const NOTHING_KEPT: Kept = {
  suppressions_kept: 0,
  consents_kept: 0,
  erased_again: 0,
  sends_kept: 0,
  sends_lost: 0,
  sends_lost_by_campaign: {},
  payouts_kept: 0,
  payouts_lost: 0,
  ledger_kept: 0,
  ledger_lost: 0,
};

// Clocks of machines differ: what was done shortly before the snapshot, by one that is slow, is looked at too.
const MARGIN_MS = 86_400_000;

/**
 * Takes over from the database that is replaced what no restore may undo, and counts what can't be taken over. `snapshotAt` is when
 * the backup was made.
 */
export async function keepProtections(
  transaction: Queries,
  old: Queries,
  { clock, run, snapshotAt }: { readonly clock: Clock; readonly run: Run; readonly snapshotAt: Instant },
): Promise<Kept> {
  const now = clock.now();
  // A suppression can only be recognised with the secret that it was hashed with.
  for (const { value } of await listSecrets(old)) {
    await insertMetaOnce(transaction, `generated_secret.${sha256(value).slice(0, 16)}`, value);
  }
  let suppressions_kept = 0;
  for await (const page of listSuppressionPages(old)) {
    const rows = page.map(({ id: _, ...row }) => row);
    suppressions_kept += await addSuppressions(transaction, rows);
  }
  const since = addMilliseconds(snapshotAt, -MARGIN_MS);
  return {
    suppressions_kept,
    // Deliveries are recognised by addresses, which erasing takes away.
    ...(await keepSends(transaction, old, since)),
    ...(await keepPeople(transaction, old, now)),
    ...(await keepPayments(transaction, old, { clock, run, since })),
  };
}

async function keepPeople(
  transaction: Queries,
  old: Queries,
  now: Instant,
): Promise<Pick<Kept, 'consents_kept' | 'erased_again'>> {
  let consents_kept = 0;
  let erased_again = 0;
  for await (const page of listProtectedPages(old)) {
    erased_again += await eraseAgain(transaction, page, now);
    const withdrawn = page.filter(({ erased_at }) => erased_at === null);
    consents_kept += await withdrawConsents(transaction, withdrawn, now);
  }
  return { consents_kept, erased_again };
}

async function eraseAgain(
  transaction: Queries,
  page: readonly KeptCustomer[],
  now: Instant,
): Promise<number> {
  const erased = page.filter(({ erased_at }) => erased_at !== null);
  const keys = await listUnerased(
    transaction,
    erased.map(({ customer_id }) => customer_id),
  );
  return keys.length === 0 ? 0 : (await forgetPeople(transaction, keys, now)).erased;
}

async function keepSends(
  transaction: Queries,
  old: Queries,
  since: Instant,
): Promise<Pick<Kept, 'sends_kept' | 'sends_lost' | 'sends_lost_by_campaign'>> {
  let sends_kept = 0;
  const lost = new Map<string, number>();
  for await (const page of listSentPages(old, since)) {
    const frozen = await listFrozen(transaction, page);
    const settled: SettledDelivery[] = [];
    for (const delivery of page) {
      const here = frozen.get(`${delivery.campaign} ${delivery.address_key}`);
      if (here === undefined) lost.set(delivery.campaign, (lost.get(delivery.campaign) ?? 0) + 1);
      else if (isNews(here.status, delivery)) settled.push(settle(here.id, delivery));
    }
    await settleDeliveries(transaction, settled);
    sends_kept += settled.length;
  }
  const sends_lost = lost.values().reduce((sum, count) => sum + count, 0);
  return { sends_kept, sends_lost, sends_lost_by_campaign: Object.fromEntries(lost) };
}

// What was on its way when the backup was made is in doubt; the old database may know how it ended.
function isNews(here: string, { status }: SentDelivery): boolean {
  return here === 'pending' || (here === 'in_doubt' && (status === 'accepted' || status === 'refused'));
}

function settle(id: number, delivery: SentDelivery): SettledDelivery {
  const { status, sent_at, settled_at, provider_message_id, error, attempts } = delivery;
  const isOpen = status === 'claimed' || status === 'sending';
  return {
    id,
    status: isOpen ? 'in_doubt' : status,
    sent_at,
    settled_at,
    provider_message_id,
    error: isOpen ? 'it was being sent when the database was replaced by a backup' : error,
    attempts,
  };
}
