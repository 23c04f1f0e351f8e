import type { Contest } from '../contests/get-contest.ts';
import type { Rules } from '../contests/rules.ts';
import type { Queries } from '../database/database.ts';
import type { Instant } from '../time.ts';
import {
  type CandidateRow,
  type CandidateScope,
  createCandidates,
  dropCandidates,
  hasReferrals,
  hasSignUps,
  streamCandidates,
  streamEdges,
  streamMembers,
} from './candidate-queries.ts';
import type { Attribution } from './decide-referral.ts';
import { createEdgeList } from './find-cycles.ts';
import {
  actionOf,
  type FraudFinding,
  findPersonalFraud,
  type IsDisposable,
  looksAtPeople,
} from './find-fraud.ts';
import { findGroupFraud, type GroupFindings, type GroupMember, looksAtGroups } from './find-group-fraud.ts';
import { findRings, noRings } from './find-rings.ts';
import type { Person } from './person-keys.ts';
import { createReferralPlanner, type PlannedReferral, type Rings } from './referral-planner.ts';

const FOR_EVER = '9999-12-31T00:00:00.000Z';
const NONE: readonly FraudFinding[] = [];

/** A candidate, who is credited with it, and what it comes to by the rules. */
export interface PlannedRow {
  readonly row: Partial<CandidateRow> & Pick<CandidateRow, Known>;
  readonly attribution: Attribution | undefined;
  readonly planned: PlannedReferral;
}

type Known =
  | 'place'
  | 'booking_id'
  | 'friend_ref'
  | 'amount_minor'
  | 'refunded_minor'
  | 'currency'
  | 'status'
  | 'booked_at'
  | 'completed_at'
  | 'cancelled_at'
  | 'updated_at';

/** A contest with the rules to decide by, which need not be its own. */
export type PlannedContest = Pick<Contest, 'id' | 'rules' | 'starts_at' | 'ends_at' | 'timezone'>;

/**
 * Decides every referral of a contest from its bookings, in booking order and a few at a time, and writes nothing but a temporary table. The
 * result depends on the bookings, the decisions of people and the time, not on the history of imports. Linear in the bookings. `onCounted`
 * hears of the number of candidates before the first page.
 */
export async function* planReferrals(
  queries: Queries,
  contest: PlannedContest,
  now: Instant,
  onCounted: (candidates: number) => void = () => {},
): AsyncGenerator<readonly PlannedRow[]> {
  const scope = await scopeOf(queries, contest);
  const candidates = await createCandidates(queries, scope);
  onCounted(candidates.count);
  const plan = createReferralPlanner(contest, await listRings(queries, contest), now);
  const groups = await listGroupFindings(queries, contest.rules, scope);
  const isDisposable = await loadDisposable(contest.rules.fraud.disposable_domain !== 'ignore');
  const isCompared = looksAtPeople(contest.rules.fraud);
  for await (const rows of streamCandidates(queries, candidates)) {
    const planned: PlannedRow[] = [];
    for (const row of rows as readonly PlannedRow['row'][]) planned.push(planRow(row));
    yield planned;
  }
  await dropCandidates(queries);

  function planRow(row: PlannedRow['row']): PlannedRow {
    const attribution = attributionOf(row);
    const personal =
      isCompared && attribution !== undefined && attribution.referrer_ref !== row.friend_ref
        ? findPersonalFraud(referrerOf(row), friendOf(row), contest.rules.fraud, isDisposable)
        : NONE;
    const group = groups.get(row.place);
    const fraud = group === undefined ? personal : [...personal, ...group];
    return { row, attribution, planned: plan(toCandidate(row, attribution, fraud)) };
  }
}

async function scopeOf(queries: Queries, contest: PlannedContest): Promise<CandidateScope> {
  const { attribution, eligibility, fraud } = contest.rules;
  const asksSignUps = attribution.by.includes('sign_up') && (await hasSignUps(queries, contest.id));
  const asksAddress = actionOf(fraud, 'same_address') !== 'ignore' || fraud.cluster.action !== 'ignore';
  const asksPlace = fraud.public_code.action !== 'ignore' && fraud.public_code.max_places > 0;
  return {
    contest,
    byCode: attribution.by.includes('code'),
    signUpDays: asksSignUps ? attribution.window_days : undefined,
    newFriend: eligibility.new_friend,
    people:
      looksAtPeople(fraud) || looksAtGroups(fraud)
        ? {
            address: asksAddress ? fraud.same_address.attributes : [],
            place: asksPlace ? fraud.public_code.attribute : undefined,
          }
        : undefined,
    hasReferrals: await hasReferrals(queries, contest.id),
  };
}

async function listRings(queries: Queries, contest: PlannedContest): Promise<Rings> {
  const action = contest.rules.fraud.ring;
  if (action === 'ignore') return noRings;
  const edges = createEdgeList();
  for await (const { referrer_ref, friend_ref } of streamEdges(queries, contest)) {
    edges.add(referrer_ref, friend_ref);
  }
  return findRings(edges, action);
}

/** Participant by participant, so that no more than one's friends are held at once. */
async function listGroupFindings(
  queries: Queries,
  { fraud }: Rules,
  scope: CandidateScope,
): Promise<GroupFindings> {
  const found = new Map<number, readonly FraudFinding[]>();
  if (!looksAtGroups(fraud)) return found;
  let members: GroupMember[] = [];
  const close = (): void => {
    for (const [place, findings] of findGroupFraud(members, fraud)) found.set(place, findings);
    members = [];
  };
  for await (const member of streamMembers(queries, scope)) {
    if (members[0] !== undefined && members[0].referrer_ref !== member.referrer_ref) close();
    members.push(member);
  }
  close();
  return found;
}

// The list of throw-away domains is large: it is read only where a rule asks for it.
async function loadDisposable(isNeeded: boolean): Promise<IsDisposable> {
  if (!isNeeded) return () => false;
  const { disposableEmailBlocklistSet } = await import('disposable-email-domains-js');
  const domains = disposableEmailBlocklistSet();
  return (domain) => domains.has(domain);
}

function attributionOf(row: PlannedRow['row']): Attribution | undefined {
  const { code_id, referrer_ref, code_expires_at, code_revoked_at, by_sign_up } = row;
  if (code_id === undefined || code_id === null || referrer_ref === undefined || referrer_ref === null) {
    return undefined;
  }
  // The code was good when the friend signed up; that it ended since does not undo the sign-up.
  if (by_sign_up === 1) {
    return { by: 'sign_up', code_id, referrer_ref, code_expires_at: FOR_EVER, code_revoked_at: null };
  }
  return {
    ...{ by: 'code', code_id, referrer_ref },
    code_expires_at: code_expires_at ?? FOR_EVER,
    code_revoked_at: code_revoked_at ?? null,
  };
}

// Spelt out twice: names that are put together for a million rows cost more than all rules.
function friendOf(row: PlannedRow['row']): Person {
  return {
    email: row.friend_email ?? null,
    address_key: row.friend_address_key ?? null,
    first_name: row.friend_first_name ?? null,
    last_name: row.friend_last_name ?? null,
    name: row.friend_name ?? null,
    phone: row.friend_phone ?? null,
    postal: row.friend_postal ?? null,
  };
}

function referrerOf(row: PlannedRow['row']): Person {
  return {
    email: row.referrer_email ?? null,
    address_key: row.referrer_address_key ?? null,
    first_name: row.referrer_first_name ?? null,
    last_name: row.referrer_last_name ?? null,
    name: row.referrer_name ?? null,
    phone: row.referrer_phone ?? null,
    postal: row.referrer_postal ?? null,
  };
}

function toCandidate(
  row: PlannedRow['row'],
  attribution: Attribution | undefined,
  fraud: readonly FraudFinding[],
): Parameters<ReturnType<typeof createReferralPlanner>>[0] {
  const { decision, decision_at } = row;
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
      decision === undefined || decision === null || decision_at === undefined || decision_at === null
        ? undefined
        : { decision, decided_at: decision_at },
  };
}
