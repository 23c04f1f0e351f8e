import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import { formatMinorUnits } from '../money.ts';
import type { Instant } from '../time.ts';
import { findLastIds, setLastId } from './archive-queries.ts';
import { listArchiveTables } from './archive-tables.ts';
import {
  addEntries,
  addPayments,
  addPayout,
  addRuns,
  findPayouts,
  findRewards,
  findRuns,
  type KnownReward,
  listEntriesOf,
  listKnown,
  listMovedRewardPages,
  listPaymentPages,
  listPayoutsSince,
  type RecordedRun,
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

export interface KeepPaymentsOptions {
  readonly clock: Clock;
  readonly run: Run;
  readonly since: Instant;
}

/**
 * Takes over the payments made since a time. What a person was handed is deducted from what falls due, so a payment that is known is never made
 * again, also when the rewards it was for are computed anew later.
 */
export async function keepPayments(
  transaction: Queries,
  old: Queries,
  { clock, run, since }: KeepPaymentsOptions,
): Promise<KeptPayments> {
  const payouts = await keepPayouts(transaction, old, since);
  const keys = new Map(payouts.flatMap(({ there, here }) => (here === undefined ? [] : [[there, here]])));
  const counts = { ledger_kept: 0, ledger_lost: 0 };
  for await (const page of listMovedRewardPages(old, since)) {
    const { entries, rewards, runs, lost } = await planPage(transaction, old, page, keys);
    await addRuns(transaction, runs);
    await addEntries(transaction, entries);
    await settleRewards(transaction, rewards, clock.now());
    for (const payout of payouts) payout.rewards += countPaid(entries, payout.here);
    counts.ledger_kept += entries.length;
    counts.ledger_lost += lost;
  }
  await goOnCounting(transaction);
  for (const { name, isNew, customers, rewards, totals } of payouts) {
    // As when it was made, less what could not be taken over.
    const details = { customers, rewards, totals: formatTotals(totals), contest: 'all', taken_over: true };
    if (isNew) await appendAudit(transaction, clock, run, { action: 'rewards.paid', subject: name, details });
  }
  return {
    payouts_kept: payouts.reduce((sum, { kept }) => sum + kept, 0),
    payouts_lost: payouts.reduce((sum, { lost }) => sum + lost, 0),
    ...counts,
  };
}

interface KeptPayout {
  readonly name: string;
  /** Its key there; here, where undefined says that it is not. */
  readonly there: number;
  readonly here: number | undefined;
  /** It came with this restore. */
  readonly isNew: boolean;
  /** Payments. */
  kept: number;
  lost: number;
  customers: number;
  rewards: number;
  readonly totals: Map<string, number>;
}

async function keepPayouts(transaction: Queries, old: Queries, since: Instant): Promise<KeptPayout[]> {
  const made = await listPayoutsSince(old, since);
  const known = await findPayouts(
    transaction,
    made.map(({ payout }) => payout),
  );
  const payouts: KeptPayout[] = [];
  for (const payout of made) {
    const twin = known.get(payout.payout);
    const isSame = twin?.created_at === payout.created_at && twin.operator === payout.operator;
    const counts = { kept: 0, lost: 0, customers: 0, rewards: 0, totals: new Map<string, number>() };
    const place = { name: payout.payout, there: payout.id, ...counts };
    if (twin !== undefined && isSame) payouts.push({ ...place, here: twin.id, isNew: false });
    else {
      // Databases that went different ways may have given a name twice: a payout can't be two.
      const here = twin === undefined ? await addPayout(transaction, payout) : undefined;
      const added = { ...place, here, isNew: here !== undefined };
      await keepPaymentsOf(transaction, old, added);
      payouts.push(added);
    }
  }
  return payouts;
}

async function keepPaymentsOf(transaction: Queries, old: Queries, payout: KeptPayout): Promise<void> {
  for await (const page of listPaymentPages(old, payout.there)) {
    const known = await listKnown(
      transaction,
      page.map(({ customer_id }) => customer_id),
    );
    const payments =
      payout.here === undefined ? [] : page.filter(({ customer_id }) => known.has(customer_id));
    if (payout.here !== undefined) await addPayments(transaction, payout.here, payments);
    payout.kept += payments.length;
    payout.lost += page.length - payments.length;
    payout.customers += new Set(payments.map(({ customer_id }) => customer_id)).size;
    for (const { currency, amount_minor } of payments) {
      payout.totals.set(currency, (payout.totals.get(currency) ?? 0) + amount_minor);
    }
  }
}

function countPaid(entries: readonly WrittenEntry[], payout: number | undefined): number {
  return entries.filter(({ kind, payout_id }) => kind === 'pay' && payout_id === payout).length;
}

function formatTotals(totals: ReadonlyMap<string, number>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...totals]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([currency, minor]) => [currency, formatMinorUnits(minor, currency)]),
  );
}

// Runs came with the keys that they had, which must not be given again.
async function goOnCounting(transaction: Queries): Promise<void> {
  const tables = listArchiveTables().filter(({ name }) => name === 'runs');
  for (const [name, last] of await findLastIds(transaction, tables))
    await setLastId(transaction, { name }, last);
}

interface KeptPage {
  readonly entries: readonly WrittenEntry[];
  readonly rewards: readonly KnownReward[];
  /** Those that wrote the entries and are not here. */
  readonly runs: readonly RecordedRun[];
  readonly lost: number;
}

async function planPage(
  transaction: Queries,
  old: Queries,
  page: readonly KnownReward[],
  payouts: ReadonlyMap<number, number>,
): Promise<KeptPage> {
  const there = await listEntriesOf(old, keysOf(page));
  const twins = await findRewards(
    transaction,
    page.map(({ idempotency_key }) => idempotency_key),
  );
  const here = await listEntriesOf(transaction, keysOf([...twins.values()]));
  const runs = await findRunsOf(transaction, old, [...there.values()].flat());
  const entries: WrittenEntry[] = [];
  const rewards: KnownReward[] = [];
  let lost = 0;
  for (const reward of page) {
    const twin = twins.get(reward.idempotency_key);
    const written = there.get(reward.id) ?? [];
    const known = twin === undefined ? [] : (here.get(twin.id) ?? []);
    const missing = findMissing(written, known);
    if (missing.length === 0) continue;
    const isWhole = known.length + missing.length === written.length;
    if (isWhole && isSame(reward, twin) && missing.every((entry) => isAlone(entry, payouts, runs))) {
      entries.push(
        ...missing.map((entry) => ({ ...entry, payout_id: payouts.get(entry.payout_id ?? 0) ?? null })),
      );
      rewards.push(reward);
    } else lost += missing.length;
  }
  const wanted = new Set(entries.map(({ run_id }) => run_id));
  const absent = [...runs.absent.values()].filter(({ id }) => wanted.has(id));
  // Nothing of the replaced database is at work any more.
  const ended = absent.map((run) =>
    run.status === 'running' ? { ...run, status: 'interrupted' as const } : run,
  );
  return { entries, rewards, runs: ended, lost };
}

function keysOf(rewards: readonly KnownReward[]): number[] {
  return rewards.map(({ id }) => id);
}

interface Runs {
  /** Keys of those that are the same here. */
  readonly present: ReadonlySet<number>;
  readonly absent: ReadonlyMap<number, RecordedRun>;
}

// The hash of an entry names the run that wrote it by its key, so that one has to be here under the same key.
async function findRunsOf(
  transaction: Queries,
  old: Queries,
  entries: readonly WrittenEntry[],
): Promise<Runs> {
  const ids = [...new Set(entries.flatMap(({ run_id }) => run_id ?? []))];
  const there = await findRuns(old, ids);
  const here = await findRuns(transaction, ids);
  const present = new Set<number>();
  const absent = new Map<number, RecordedRun>();
  for (const [id, run] of there) {
    const twin = here.get(id);
    if (twin === undefined) absent.set(id, run);
    else if (twin.command === run.command && twin.started_at === run.started_at) present.add(id);
  }
  return { present, absent };
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

function isAlone(
  { kind, payout_id, run_id }: WrittenEntry,
  payouts: ReadonlyMap<number, number>,
  { present, absent }: Runs,
): boolean {
  return (
    ALONE.has(kind) &&
    (payout_id === null || payouts.has(payout_id)) &&
    (run_id === null || present.has(run_id) || absent.has(run_id))
  );
}
