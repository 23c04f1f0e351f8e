import { canonicalJson } from '../canonical-json.ts';
import type { Contest } from '../contests/get-contest.ts';
import type { Queries } from '../database/database.ts';
import { addMilliseconds, type Instant } from '../time.ts';
import { isStanding } from './booking.ts';
import { type Attribution, isLive, remainingAmount } from './decide-referral.ts';
import { type FraudFinding, findPersonalFraud, type IsDisposable, type Person } from './find-fraud.ts';
import { findRings, noRings } from './find-rings.ts';
import {
  type Candidate,
  createReferralPlanner,
  type PlannedReferral,
  type Rings,
} from './referral-planner.ts';
import {
  type CandidateRow,
  type CandidateScope,
  demoteOtherReferrals,
  FIRST_PAGE,
  listCandidates,
  listPeople,
  listSignUps,
  type ReferralRow,
  type SignUpRow,
  upsertReferrals,
} from './referral-queries.ts';

const DAY_MS = 86_400_000;
const PAGE = 2_000;

export interface Evaluation {
  /** Referrals that are new. */
  readonly created: number;
  /** Referrals whose status, people or amount changed. */
  readonly changed: number;
}

/**
 * Decides every referral of a contest anew from its bookings, in booking order, and writes what differs: the result
 * depends on the bookings, the decisions of people and the time, not on the history of imports. Linear in the bookings.
 */
export async function evaluateReferrals(
  queries: Queries,
  contest: Contest,
  now: Instant,
): Promise<Evaluation> {
  const { rules } = contest;
  const plan = createReferralPlanner(contest, await listRings(queries, contest), now);
  const isDisposable = await loadDisposable(rules.fraud.disposable_domain !== 'ignore');
  let created = 0;
  let changed = 0;
  for await (const page of candidatePages(queries, contest, scopeOf(contest))) {
    const people = await peopleOf(queries, page);
    const rows: ReferralRow[] = [];
    const known = new Set<number>();
    for (const { row, attribution } of page) {
      const fraud = personalFraud(attribution, row.friend_ref, people, rules.fraud, isDisposable);
      const planned = plan(toCandidate(row, attribution, fraud));
      const referral = toReferral(contest.id, row, attribution, planned, now);
      if (referral === undefined || isSame(row, referral)) continue;
      if (row.referral_id === null) created += 1;
      else {
        changed += 1;
        known.add(row.booking_id);
      }
      rows.push(referral);
    }
    await writeReferrals(queries, contest.id, { rows, known, now });
  }
  return { created, changed };
}

interface Decided {
  readonly rows: readonly ReferralRow[];
  /** The bookings of the rows that were referrals before. */
  readonly known: ReadonlySet<number>;
  readonly now: Instant;
}

// A friend's place is freed before it is taken again; new referrals get their ids in booking order.
async function writeReferrals(
  queries: Queries,
  contestId: number,
  { rows, known, now }: Decided,
): Promise<void> {
  const isFreed = (row: ReferralRow): boolean => known.has(row.booking_id) && !isLive(row.status);
  await demoteOtherReferrals(
    queries,
    contestId,
    rows.filter((row) => isLive(row.status)),
    now,
  );
  await upsertReferrals(queries, rows.filter(isFreed));
  await upsertReferrals(
    queries,
    rows.filter((row) => !isFreed(row)),
  );
}

interface AttributedRow {
  readonly row: CandidateRow;
  readonly attribution: Attribution | undefined;
}

function scopeOf(contest: Contest): CandidateScope {
  const { by } = contest.rules.attribution;
  return { contest, byCode: by.includes('code'), bySignUp: by.includes('sign_up') };
}

async function* candidatePages(
  queries: Queries,
  contest: Contest,
  scope: CandidateScope,
): AsyncGenerator<readonly AttributedRow[]> {
  let after = FIRST_PAGE;
  for (;;) {
    const rows = await listCandidates(queries, scope, after, PAGE);
    const last = rows.at(-1);
    if (last === undefined) return;
    const withoutCode = scope.bySignUp ? rows.filter((row) => row.code_id === null) : [];
    const signUps = await listSignUps(queries, contest.id, [
      ...new Set(withoutCode.map((row) => row.friend_ref)),
    ]);
    const byFriend = Map.groupBy(signUps, (signUp) => signUp.friend_ref);
    yield rows.map((row) => ({
      row,
      attribution: attributionOf(row, byFriend.get(row.friend_ref) ?? [], contest),
    }));
    if (rows.length < PAGE) return;
    after = last;
  }
}

// By the code on the booking, else by the first sign-up that is still within the window.
function attributionOf(
  row: CandidateRow,
  signUps: readonly SignUpRow[],
  contest: Contest,
): Attribution | undefined {
  if (row.code_id !== null && row.referrer_ref !== null && row.code_expires_at !== null) {
    const { code_id, referrer_ref, code_expires_at, code_revoked_at } = row;
    return { by: 'code', code_id, referrer_ref, code_expires_at, code_revoked_at };
  }
  const days = contest.rules.attribution.window_days;
  const since = days === 0 ? '' : addMilliseconds(row.booked_at, -days * DAY_MS);
  const signUp = signUps.find(({ signed_up_at: at }) => at <= row.booked_at && at >= since);
  if (signUp === undefined) return undefined;
  const { code_id, referrer_ref } = signUp;
  // The code was good when the friend signed up; that it ended since does not undo the sign-up.
  return {
    by: 'sign_up',
    code_id,
    referrer_ref,
    code_expires_at: '9999-12-31T00:00:00.000Z',
    code_revoked_at: null,
  };
}

async function listRings(queries: Queries, contest: Contest): Promise<Rings> {
  const action = contest.rules.fraud.ring;
  if (action === 'ignore') return noRings;
  const edges: [number, number][] = [];
  for await (const page of candidatePages(queries, contest, { ...scopeOf(contest), onlyCodeOwners: true })) {
    for (const { row, attribution } of page) {
      const inWindow = row.booked_at >= contest.starts_at && row.booked_at < contest.ends_at;
      if (attribution === undefined || attribution.referrer_ref === row.friend_ref) continue;
      if (inWindow && isStanding(row)) edges.push([attribution.referrer_ref, row.friend_ref]);
    }
  }
  return findRings(edges, action);
}

async function peopleOf(
  queries: Queries,
  page: readonly AttributedRow[],
): Promise<ReadonlyMap<number, Person>> {
  const refs = new Set<number>();
  for (const { row, attribution } of page) {
    if (attribution === undefined) continue;
    refs.add(row.friend_ref).add(attribution.referrer_ref);
  }
  const people = await listPeople(queries, [...refs]);
  return new Map(people.map((person) => [person.id, person]));
}

function personalFraud(
  attribution: Attribution | undefined,
  friendRef: number,
  people: ReadonlyMap<number, Person>,
  actions: Contest['rules']['fraud'],
  isDisposable: IsDisposable,
): readonly FraudFinding[] {
  const referrer = attribution === undefined ? undefined : people.get(attribution.referrer_ref);
  const friend = people.get(friendRef);
  if (referrer === undefined || friend === undefined || referrer === friend) return [];
  return findPersonalFraud(referrer, friend, actions, isDisposable);
}

// The list of throw-away domains is large: it is read only where a rule asks for it.
async function loadDisposable(isNeeded: boolean): Promise<IsDisposable> {
  if (!isNeeded) return () => false;
  const { disposableEmailBlocklistSet } = await import('disposable-email-domains-js');
  const domains = disposableEmailBlocklistSet();
  return (domain) => domains.has(domain);
}

function toCandidate(
  row: CandidateRow,
  attribution: Attribution | undefined,
  fraud: readonly FraudFinding[],
): Candidate {
  return {
    booking: row,
    friend_ref: row.friend_ref,
    attribution,
    history: {
      booked_before_contest: row.booked_before_contest === 1,
      booked_before: row.booked_before === 1,
    },
    fraud,
    decision:
      row.decision === null || row.decision_at === null
        ? undefined
        : { decision: row.decision, decided_at: row.decision_at },
  };
}

function toReferral(
  contestId: number,
  row: CandidateRow,
  attribution: Attribution | undefined,
  { status, reason, hold_until, since, fraud }: PlannedReferral,
  now: Instant,
): ReferralRow | undefined {
  const codeId = attribution?.code_id ?? row.referral_code_id;
  const referrerRef = attribution?.referrer_ref ?? row.referral_referrer_ref;
  if (codeId === null || referrerRef === null) return undefined;
  const isDecided = status !== 'pending' && status !== 'held';
  const isAsBefore = row.referral_status === status && row.referral_reason === reason;
  return {
    contest_id: contestId,
    booking_id: row.booking_id,
    code_id: codeId,
    referrer_ref: referrerRef,
    friend_ref: row.friend_ref,
    status,
    reason,
    evidence: canonicalJson({ by: attribution?.by ?? 'none', fraud }),
    amount_minor: remainingAmount(row),
    currency: row.currency,
    booked_at: row.booked_at,
    hold_until,
    decided_at: isDecided ? (since ?? (isAsBefore ? row.referral_decided_at : null) ?? now) : null,
    decided_by: isDecided ? deciderOf(reason, row.decision_operator) : null,
    updated_at: now,
  };
}

function deciderOf(reason: string, operator: string | null): string {
  return reason === 'decision' ? (operator ?? 'rules') : 'rules';
}

function isSame(row: CandidateRow, referral: ReferralRow): boolean {
  return (
    row.referral_status === referral.status &&
    row.referral_reason === referral.reason &&
    row.referral_code_id === referral.code_id &&
    row.referral_referrer_ref === referral.referrer_ref &&
    row.referral_friend_ref === referral.friend_ref &&
    row.referral_amount_minor === referral.amount_minor &&
    row.referral_currency === referral.currency &&
    row.referral_booked_at === referral.booked_at &&
    row.referral_hold_until === referral.hold_until &&
    row.referral_decided_at === referral.decided_at &&
    canonicalJson(JSON.parse(row.referral_evidence ?? 'null')) === referral.evidence
  );
}
