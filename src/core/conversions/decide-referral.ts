import { findRuleAmount } from '../contests/rule-amount.ts';
import type { Rules } from '../contests/rules.ts';
import type { BookingStatus, ReferralStatus } from '../database/tables.ts';
import { addDays, type Instant } from '../time.ts';
import { type Booking, isFullyRefunded } from './booking.ts';
import type { FraudFinding } from './find-fraud.ts';
import type { ReferralValue } from './referral-value.ts';

/** The half-open window `[starts_at, ends_at)` of a contest. */
export interface Window {
  readonly starts_at: Instant;
  readonly ends_at: Instant;
}

/** Why a booking is credited to a code's owner. */
export interface Attribution {
  readonly by: 'code' | 'sign_up';
  readonly code_id: number;
  readonly referrer_ref: number;
  readonly code_expires_at: Instant;
  readonly code_revoked_at: Instant | null;
}

export type BookingFacts = Omit<Booking, 'customer_ref' | 'code' | 'attributes'>;

/** What is known about a friend's history before this booking; cancelled bookings are no history. */
export interface FriendHistory {
  readonly booked_before_contest: boolean;
  readonly booked_before: boolean;
}

export interface Decision {
  readonly decision: 'approve' | 'reject' | 'reverse';
  readonly decided_at: Instant;
}

export interface ReferralFacts {
  readonly booking: BookingFacts;
  /** Undefined where the rules have no rate for its currency. */
  readonly value: ReferralValue | undefined;
  readonly friend_ref: number;
  /** Undefined when nothing credits the booking any more: its code was changed. */
  readonly attribution: Attribution | undefined;
  readonly history: FriendHistory;
  /** An earlier booking of the friend is a live referral of this contest. */
  readonly friend_taken: boolean;
  readonly fraud: readonly FraudFinding[];
  /** The latest word of a person about this referral. */
  readonly decision: Decision | undefined;
}

/** What a referral is, by which rule, and from when. */
export interface Verdict {
  readonly status: ReferralStatus;
  /** The rule that admitted or refused it: a path of the rules document, or a plain word where no rule can change it. */
  readonly reason: string;
  /** When its hold ends; null when it has none. */
  readonly hold_until: Instant | null;
  /** When it became so, where the data says it. */
  readonly since: Instant | null;
}

/** Does a referral in this status take the one place that a friend has in a contest? */
export function isLive(status: ReferralStatus): boolean {
  return status === 'pending' || status === 'held' || status === 'approved';
}

/**
 * Why a referral can't live, or undefined when it can. The order of the questions is the order in which a customer
 * would be told: the contest, the code, the people, a person's word, the booking, fraud.
 */
export function refuseReferral(facts: ReferralFacts, rules: Rules, window: Window): Verdict | undefined {
  const { attribution, booking, decision } = facts;
  return (
    refuseAttribution(booking, attribution, window) ??
    (attribution?.referrer_ref === facts.friend_ref
      ? rejected('self_referral', booking.booked_at)
      : undefined) ??
    (decision?.decision === 'reject' ? rejected('decision', decision.decided_at) : undefined) ??
    (decision?.decision === 'reverse'
      ? { status: 'reversed', reason: 'decision', hold_until: null, since: decision.decided_at }
      : undefined) ??
    (decision?.decision === 'approve' ? undefined : refuseFriend(facts, rules)) ??
    refuseBooking(facts, rules) ??
    (facts.friend_taken ? rejected('friend_already_referred', booking.booked_at) : undefined) ??
    (decision?.decision === 'approve' ? undefined : refuseFraud(facts))
  );
}

/** The status of a referral that nothing refuses: pending, held or approved. `now` decides whether a hold is over. */
export function settleReferral(facts: ReferralFacts, rules: Rules, now: Instant): Verdict {
  const { booking, decision, value } = facts;
  if (decision?.decision === 'approve' && value !== undefined) {
    return { status: 'approved', reason: 'decision', hold_until: null, since: decision.decided_at };
  }
  if (!countsAs(booking, rules.eligibility.statuses)) return settlePending(booking, rules, now);
  const done =
    booking.completed_at ?? (booking.status === 'confirmed' ? null : booking.updated_at) ?? booking.booked_at;
  // Neither time nor a person's word makes two currencies one.
  if (value === undefined) {
    return { status: 'held', reason: 'currencies.rates', hold_until: null, since: done };
  }
  const suspicion = facts.fraud.find((finding) => finding.action === 'hold');
  if (suspicion !== undefined) {
    return { status: 'held', reason: `fraud.${suspicion.rule}`, hold_until: null, since: done };
  }
  const until = addDays(done, rules.approval.hold_days);
  if (rules.approval.mode === 'manual') {
    return { status: 'held', reason: 'approval.mode', hold_until: until, since: done };
  }
  if (until > now) return { status: 'held', reason: 'approval.hold_days', hold_until: until, since: done };
  return { status: 'approved', reason: 'approval.automatic', hold_until: until, since: until };
}

// A pending referral has until its `hold_until` to become one that counts.
function settlePending(booking: BookingFacts, { approval }: Rules, now: Instant): Verdict {
  if (approval.expire_days === 0) {
    return { status: 'pending', reason: 'eligibility.statuses', hold_until: null, since: null };
  }
  const until = addDays(booking.booked_at, approval.expire_days);
  return until > now
    ? { status: 'pending', reason: 'eligibility.statuses', hold_until: until, since: null }
    : { status: 'expired', reason: 'approval.expire_days', hold_until: until, since: until };
}

function rejected(reason: string, since: Instant | null): Verdict {
  return { status: 'rejected', reason, hold_until: null, since };
}

function refuseAttribution(
  booking: BookingFacts,
  attribution: Attribution | undefined,
  window: Window,
): Verdict | undefined {
  if (attribution === undefined) return rejected('code_changed', booking.updated_at);
  if (booking.booked_at < window.starts_at || booking.booked_at >= window.ends_at) {
    return rejected('outside_contest', booking.booked_at);
  }
  const { code_revoked_at, code_expires_at } = attribution;
  if (code_revoked_at !== null && code_revoked_at <= booking.booked_at) {
    return rejected('code_revoked', booking.booked_at);
  }
  return code_expires_at <= booking.booked_at ? rejected('code_expired', booking.booked_at) : undefined;
}

function refuseFriend({ history, booking }: ReferralFacts, { eligibility }: Rules): Verdict | undefined {
  const known =
    (eligibility.new_friend === 'no_booking_before_contest' && history.booked_before_contest) ||
    (eligibility.new_friend === 'never_booked' && history.booked_before);
  return known ? rejected('eligibility.new_friend', booking.booked_at) : undefined;
}

function refuseBooking(
  { booking, decision, value }: ReferralFacts,
  { eligibility }: Rules,
): Verdict | undefined {
  const since = booking.cancelled_at ?? booking.updated_at;
  const minimum =
    decision === undefined && value !== undefined
      ? (findRuleAmount(eligibility.min_amount, value.currency, 'up') ?? 0)
      : 0;
  if (value !== undefined && value.amount_minor < minimum) {
    return rejected('eligibility.min_amount', booking.booked_at);
  }
  const over = endOf(booking, eligibility.statuses);
  if (over !== undefined) return { status: 'reversed', reason: over, hold_until: null, since };
  if (value !== undefined && value.remaining_minor < minimum) {
    return { status: 'reversed', reason: 'eligibility.min_amount', hold_until: null, since };
  }
  return undefined;
}

// A status that the rules name counts, even when it is usually an end.
function endOf(booking: BookingFacts, statuses: readonly BookingStatus[]): string | undefined {
  if (booking.status === 'cancelled' || booking.status === 'no_show') {
    return statuses.includes(booking.status) ? undefined : booking.status;
  }
  return isFullyRefunded(booking) && !statuses.includes('refunded') ? 'refunded' : undefined;
}

// A partial refund comes after completion, whatever the booking system calls it.
function countsAs(booking: BookingFacts, statuses: readonly BookingStatus[]): boolean {
  if (statuses.includes(booking.status)) return true;
  return booking.status === 'refunded' && statuses.includes('completed');
}

function refuseFraud({ fraud, booking }: ReferralFacts): Verdict | undefined {
  const finding = fraud.find(({ action }) => action === 'reject');
  return finding === undefined ? undefined : rejected(`fraud.${finding.rule}`, booking.booked_at);
}
