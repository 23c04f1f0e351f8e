import { type Contest, getContest } from '../contests/get-contest.ts';
import { hashRules, parseRules, type Rules } from '../contests/rules.ts';
import type { Queries } from '../database/database.ts';
import type { ReferralStatus } from '../database/tables.ts';
import { allowMemory } from '../database/work-memory.ts';
import { formatMinorUnits } from '../money.ts';
import { tellProgress } from '../progress.ts';
import type { Instant } from '../time.ts';
import type { ReferralCounts } from './advance-referrals.ts';
import { nameEvidence } from './explain-referral.ts';
import type { FraudFinding } from './find-fraud.ts';
import { formatSums } from './money-moves.ts';
import { type PlannedRow, planReferrals } from './plan-referrals.ts';
import { listReferralNames } from './referral-list-queries.ts';
import { remainingAmount } from './referral-value.ts';

const DIFFERING_AT_ONCE = 1_000;

/** What one fraud rule does, in referrals. */
export interface ReplayedRule {
  /** It finds something about so many. */
  readonly found: number;
  /** It decides so many, because no question before it does. */
  readonly decides: number;
  /** It decides so many as things stand. */
  readonly decided_before: number;
}

/** A referral that would be otherwise. */
export interface ReplayedReferral {
  readonly booking_reference: string;
  readonly referrer_id: string;
  readonly friend_id: string;
  /** What it is; `none` for a booking that is not credited to anybody yet. */
  readonly status_before: ReferralStatus | 'none';
  readonly reason_before: string;
  readonly status: ReferralStatus;
  readonly reason: string;
  /** What is left of the booking. */
  readonly amount: string;
  readonly currency: string;
  readonly fraud: readonly FraudFinding[];
}

export interface ReplayedFraud {
  readonly contest: string;
  /** Of the whole document that was replayed. */
  readonly rules_sha256: string;
  readonly referrals: number;
  readonly changed: number;
  readonly before: ReferralCounts;
  readonly after: ReferralCounts;
  /** `approved → held` → how many. */
  readonly transitions: Readonly<Record<string, number>>;
  readonly rules: Readonly<Record<string, ReplayedRule>>;
  /** What approved referrals come to, by currency. */
  readonly approved_before: Readonly<Record<string, string>>;
  readonly approved: Readonly<Record<string, string>>;
  /** In booking order. */
  readonly changes: readonly ReplayedReferral[];
}

export interface ReplayOptions {
  readonly contest: string;
  /** A rules document, as JSON; a part that it leaves out is the contest's own. */
  readonly document: unknown;
  readonly now: Instant;
  /** Which of the changes to name. */
  readonly limit: number;
  readonly offset: number;
  /** How many bookings were looked at. */
  readonly onProgress?: ((bookings: number) => void) | undefined;
}

/**
 * What other rules would have made of the referrals of a contest: the fraud rules and, where the document has them, other parts. Changes nothing
 * but temporary tables; run it in a snapshot that allows them. Linear in the bookings, in memory that does not grow with them. Throws `not_found`,
 * `input_unusable` for the document.
 */
export async function replayFraud(
  queries: Queries,
  { contest: slug, document, now, limit, offset, onProgress }: ReplayOptions,
): Promise<ReplayedFraud> {
  const contest = await getContest(queries, slug);
  const rules = otherRules(contest, document);
  await allowMemory(queries);
  const tally = createTally(rules);
  const named: PlannedRow[] = [];
  let bookings = 0;
  for await (const page of planReferrals(queries, { ...contest, rules }, now)) {
    for (const planned of page) {
      const isOther = tally.add(planned, now);
      if (isOther && tally.changed() > offset && named.length < limit) named.push(planned);
    }
    bookings += page.length;
    await tellProgress(onProgress, bookings);
  }
  const { text: _, sha256 } = hashRules(rules);
  return {
    contest: slug,
    rules_sha256: sha256,
    ...tally.figures(),
    changes: await nameChanges(queries, named, now),
  };
}

function otherRules({ rules }: Contest, document: unknown): Rules {
  const isObject = typeof document === 'object' && document !== null && !Array.isArray(document);
  return parseRules(isObject ? { ...rules, ...document } : document);
}

interface Standing {
  readonly status: ReferralStatus | 'none';
  readonly reason: string;
}

const NOTHING: Standing = { status: 'none', reason: '' };

/** What a referral is; where nothing but time has passed since it was last decided, what time made of it. */
function standingOf({ row }: PlannedRow, now: Instant): Standing {
  const { referral_status: status, referral_reason: reason, referral_hold_until: until } = row;
  if (status === undefined || status === null || reason === undefined || reason === null) return NOTHING;
  const isOver = until !== undefined && until !== null && until <= now;
  if (isOver && reason === 'approval.hold_days') return { status: 'approved', reason: 'approval.automatic' };
  if (isOver && status === 'pending') return { status: 'expired', reason: 'approval.expire_days' };
  return { status, reason };
}

interface Tally {
  /** Counts one referral; would it be otherwise? */
  add(planned: PlannedRow, now: Instant): boolean;
  changed(): number;
  figures(): Omit<ReplayedFraud, 'contest' | 'rules_sha256' | 'changes'>;
}

function createTally({ fraud }: Rules): Tally {
  const none = { pending: 0, held: 0, approved: 0, rejected: 0, reversed: 0, expired: 0 };
  const counts = { before: { ...none }, after: { ...none } };
  const money = { before: new Map<string, number>(), after: new Map<string, number>() };
  const rules = new Map<string, { -readonly [Key in keyof ReplayedRule]: number }>(
    Object.keys(fraud).map((rule) => [rule, { found: 0, decides: 0, decided_before: 0 }]),
  );
  const transitions: Record<string, number> = {};
  let referrals = 0;
  let changed = 0;

  const countRule = (rule: string | undefined, key: keyof ReplayedRule): void => {
    const figures = rules.get(rule ?? '');
    if (figures !== undefined) figures[key] += 1;
  };
  const addMoney = (sums: Map<string, number>, currency: string, minor: number): void => {
    sums.set(currency, (sums.get(currency) ?? 0) + minor);
  };
  const addBefore = ({ row }: PlannedRow, { status, reason }: Standing): void => {
    if (status === 'none') return;
    counts.before[status] += 1;
    countRule(findRule(reason), 'decided_before');
    if (status !== 'approved') return;
    addMoney(money.before, row.referral_currency ?? row.currency, row.referral_amount_minor ?? 0);
  };
  const addAfter = ({ row, planned }: PlannedRow): void => {
    const { status, reason, fraud: findings, value } = planned;
    counts.after[status] += 1;
    countRule(findRule(reason), 'decides');
    for (const rule of new Set(findings.map((finding) => finding.rule))) countRule(rule, 'found');
    if (status !== 'approved') return;
    addMoney(money.after, value?.currency ?? row.currency, value?.remaining_minor ?? remainingAmount(row));
  };

  return {
    add(planned, now) {
      const before = standingOf(planned, now);
      if (before.status === 'none' && planned.attribution === undefined) return false;
      referrals += 1;
      addBefore(planned, before);
      addAfter(planned);
      if (before.status === planned.planned.status) return false;
      const name = `${before.status} → ${planned.planned.status}`;
      transitions[name] = (transitions[name] ?? 0) + 1;
      changed += 1;
      return true;
    },
    changed: () => changed,
    figures: () => ({
      ...{ referrals, changed, ...counts, transitions },
      rules: Object.fromEntries(rules),
      approved_before: formatSums(money.before),
      approved: formatSums(money.after),
    }),
  };
}

/** `fraud.alias` → `alias`. */
function findRule(reason: string): string | undefined {
  return reason.startsWith('fraud.') ? reason.slice('fraud.'.length) : undefined;
}

async function nameChanges(
  queries: Queries,
  changes: readonly PlannedRow[],
  now: Instant,
): Promise<readonly ReplayedReferral[]> {
  const named: ReplayedReferral[] = [];
  for (let at = 0; at < changes.length; at += DIFFERING_AT_ONCE) {
    const page = changes.slice(at, at + DIFFERING_AT_ONCE);
    const names = await listReferralNames(
      queries,
      page.map(({ row, attribution }) => ({
        booking_id: row.booking_id,
        referrer_ref: attribution?.referrer_ref ?? row.referral_referrer_ref ?? 0,
      })),
    );
    for (const [index, planned] of page.entries()) {
      const { row } = planned;
      const before = standingOf(planned, now);
      const { status, reason, value, fraud } = planned.planned;
      const currency = value?.currency ?? row.currency;
      named.push({
        booking_reference: names[index]?.booking_reference ?? '',
        referrer_id: names[index]?.referrer_id ?? '',
        friend_id: names[index]?.friend_id ?? '',
        ...{ status_before: before.status, reason_before: before.reason, status, reason },
        amount: formatMinorUnits(value?.remaining_minor ?? remainingAmount(row), currency),
        currency,
        fraud: await nameEvidence(queries, fraud),
      });
    }
  }
  return named;
}
