import type { Queries } from '../database/database.ts';
import type { Instant } from '../time.ts';
import {
  addEntries,
  addPayments,
  addPayout,
  findPayouts,
  findRewards,
  type KnownReward,
  listEntriesOf,
  listMovedRewardPages,
  listPaymentPages,
  listPayoutsSince,
  settleRewards,
  type WrittenEntry,
} from './payment-queries.ts';

/** What became of payments and of the ledger. */
export interface KeptPayments {
  /** Payments made since the backup that are in the restored database too: nobody is paid again for them. */
  readonly payouts_kept: number;
  /** Payments that could not be taken over, since the backup does not know who was paid. */
  readonly payouts_lost: number;
  /** Entries of the ledger, of rewards that were claimed or paid since the backup, that were taken over. */
  readonly ledger_kept: number;
  /** Entries that the backup does not have and that rest on what it does not have either, such as later bookings. */
  readonly ledger_lost: number;
}

// What happens to a reward without anything else of the database changing.
const ALONE: ReadonlySet<string> = new Set(['claim', 'pay']);
const OPEN: ReadonlySet<string> = new Set(['available', 'claimed']);

/**
 * Takes over the payments made since a time. What a person was handed is deducted from what falls due, so a payment that is known is never made
 * again, also when the rewards it was for are computed anew later.
 */
export async function keepPayments(
  transaction: Queries,
  old: Queries,
  { now, since }: { readonly now: Instant; readonly since: Instant },
): Promise<KeptPayments> {
  const { payouts, payouts_kept, payouts_lost } = await keepPayouts(transaction, old, since);
  let ledger_kept = 0;
  let ledger_lost = 0;
  for await (const page of listMovedRewardPages(old, since)) {
    const { entries, rewards, lost } = await planPage(transaction, old, page, payouts);
    await addEntries(transaction, entries);
    await settleRewards(transaction, rewards, now);
    ledger_kept += entries.length;
    ledger_lost += lost;
  }
  return { payouts_kept, payouts_lost, ledger_kept, ledger_lost };
}

interface KeptPayouts extends Pick<KeptPayments, 'payouts_kept' | 'payouts_lost'> {
  /** Keys of payouts there, and here. */
  readonly payouts: ReadonlyMap<number, number>;
}

async function keepPayouts(transaction: Queries, old: Queries, since: Instant): Promise<KeptPayouts> {
  const made = await listPayoutsSince(old, since);
  const known = await findPayouts(
    transaction,
    made.map(({ payout }) => payout),
  );
  const payouts = new Map<number, number>();
  let payouts_kept = 0;
  let payouts_lost = 0;
  for (const payout of made) {
    const here = known.get(payout.payout);
    const isSame = here?.created_at === payout.created_at && here.operator === payout.operator;
    if (here !== undefined && isSame) {
      payouts.set(payout.id, here.id);
      continue;
    }
    // The name was given twice, by databases that went different ways: a payout can't be two.
    const id = here === undefined ? await addPayout(transaction, payout) : undefined;
    if (id !== undefined) payouts.set(payout.id, id);
    for await (const page of listPaymentPages(old, payout.id)) {
      const kept = id === undefined ? 0 : await addPayments(transaction, id, page);
      payouts_kept += kept;
      payouts_lost += page.length - kept;
    }
  }
  return { payouts, payouts_kept, payouts_lost };
}

interface KeptPage {
  readonly entries: readonly WrittenEntry[];
  readonly rewards: readonly KnownReward[];
  readonly lost: number;
}

async function planPage(
  transaction: Queries,
  old: Queries,
  page: readonly KnownReward[],
  payouts: ReadonlyMap<number, number>,
): Promise<KeptPage> {
  const there = await listEntriesOf(
    old,
    page.map(({ id }) => id),
  );
  const rewardsHere = await findRewards(
    transaction,
    page.map(({ idempotency_key }) => idempotency_key),
  );
  const here = await listEntriesOf(
    transaction,
    [...rewardsHere.values()].map(({ id }) => id),
  );
  const entries: WrittenEntry[] = [];
  const rewards: KnownReward[] = [];
  let lost = 0;
  for (const reward of page) {
    const twin = rewardsHere.get(reward.idempotency_key);
    const written = there.get(reward.id) ?? [];
    const known = twin === undefined ? [] : (here.get(twin.id) ?? []);
    const missing = findMissing(written, known);
    if (missing.length === 0) continue;
    if (
      isSame(reward, twin) &&
      known.length + missing.length === written.length &&
      isAlone(missing, payouts)
    ) {
      const kept = missing.map((entry) => ({
        ...entry,
        payout_id: payouts.get(entry.payout_id ?? 0) ?? null,
      }));
      entries.push(...kept);
      rewards.push(reward);
    } else lost += missing.length;
  }
  return { entries, rewards, lost };
}

function findMissing(written: readonly WrittenEntry[], known: readonly WrittenEntry[]): WrittenEntry[] {
  const hashes = new Set(known.map(({ content_sha256 }) => content_sha256));
  return written.filter(({ content_sha256 }) => !hashes.has(content_sha256));
}

// Entries name their customer by its key, so only a reward that is the very same one can get them.
function isSame(reward: KnownReward, twin: KnownReward | undefined): boolean {
  return (
    twin !== undefined &&
    twin.id === reward.id &&
    twin.customer_ref === reward.customer_ref &&
    twin.contest_id === reward.contest_id &&
    OPEN.has(twin.status)
  );
}

function isAlone(missing: readonly WrittenEntry[], payouts: ReadonlyMap<number, number>): boolean {
  return missing.every(
    ({ kind, payout_id }) => ALONE.has(kind) && (payout_id === null || payouts.has(payout_id)),
  );
}
