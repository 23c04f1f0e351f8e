import type { Contest } from '../contests/get-contest.ts';
import type { Instant } from '../time.ts';
import { isStanding } from './booking.ts';
import { createVelocityCounter } from './count-velocity.ts';
import {
  isLive,
  type ReferralFacts,
  refuseReferral,
  settleReferral,
  type Verdict,
} from './decide-referral.ts';
import type { FraudFinding } from './find-fraud.ts';
import { createKeySet } from './key-set.ts';
import { createLocalDay } from './local-day.ts';
import { createValuer, type ReferralValue } from './referral-value.ts';

/** Facts of one booking that its own row and people tell; the planner adds what follows from the bookings before it. */
export type Candidate = Omit<ReferralFacts, 'friend_taken' | 'value'>;

export interface PlannedReferral extends Verdict {
  readonly fraud: readonly FraudFinding[];
  /** Undefined where the rules have no rate for its currency. */
  readonly value: ReferralValue | undefined;
}

/** The customers of each ring, found beforehand: customer → number of the ring, and ring → its customers. */
export interface Rings {
  find(referrerRef: number, friendRef: number): FraudFinding | undefined;
}

/**
 * Decides all referrals of a contest. Feed it every candidate in the order of booking time, reference and source: the
 * verdicts depend on the bookings alone, never on the order in which they were imported.
 */
export function createReferralPlanner(
  contest: Pick<Contest, 'rules' | 'starts_at' | 'ends_at' | 'timezone'>,
  rings: Rings,
  now: Instant,
): (candidate: Candidate) => PlannedReferral {
  const { rules, timezone } = contest;
  const taken = createKeySet();
  const appraise = createValuer(contest);
  const limits = createLimits(rules.limits, timezone);
  const velocity = createVelocityCounter(rules.fraud.velocity);

  return (candidate) => {
    const fraud = withOrderFraud(candidate);
    const { booking, friend_ref, attribution, history, decision } = candidate;
    const value = appraise(booking);
    const friend_taken = taken.has(friend_ref);
    const facts = { booking, friend_ref, attribution, history, decision, fraud, value, friend_taken };
    const verdict = refuseReferral(facts, rules, contest) ?? settle(facts);
    if (isLive(verdict.status)) taken.add(facts.friend_ref);
    const { status, reason, hold_until, since } = verdict;
    return { status, reason, hold_until, since, fraud, value };
  };

  function withOrderFraud({ attribution, booking, friend_ref, fraud }: Candidate): readonly FraudFinding[] {
    if (attribution === undefined || attribution.referrer_ref === friend_ref) return fraud;
    if (booking.booked_at < contest.starts_at || booking.booked_at >= contest.ends_at) return fraud;
    const pace = velocity.count(attribution.referrer_ref, booking.booked_at);
    const ring = isStanding(booking) ? rings.find(attribution.referrer_ref, friend_ref) : undefined;
    if (pace === undefined && ring === undefined) return fraud;
    return [...fraud, pace, ring].filter((finding) => finding !== undefined);
  }

  // What has expired takes no place among those that a participant may have.
  function settle(facts: ReferralFacts): Verdict {
    const settled = settleReferral(facts, rules, now);
    return (isLive(settled.status) ? limit(facts) : undefined) ?? settled;
  }

  function limit({ attribution, booking, decision }: ReferralFacts): Verdict | undefined {
    if (attribution === undefined) return undefined;
    const reached = limits.take(
      attribution.referrer_ref,
      booking.booked_at,
      decision?.decision === 'approve',
    );
    if (reached === undefined) return undefined;
    return { status: 'rejected', reason: `limits.${reached}`, hold_until: null, since: booking.booked_at };
  }
}

interface Limits {
  /** Takes a place for one referral, or says which limit is reached; what a person approved always gets its place. */
  take(
    referrerRef: number,
    bookedAt: Instant,
    approved: boolean,
  ): 'referrals_per_participant' | 'referrals_per_day' | undefined;
}

function createLimits(
  { referrals_per_participant: most, referrals_per_day: mostPerDay }: Contest['rules']['limits'],
  timezone: string,
): Limits {
  const counts = new Map<number, number>();
  const countsPerDay = new Map<string, number>();
  const dayOf = createLocalDay(timezone);
  return {
    take(referrerRef, bookedAt, approved) {
      if (most === 0 && mostPerDay === 0) return undefined;
      const count = counts.get(referrerRef) ?? 0;
      const day = mostPerDay === 0 ? '' : `${referrerRef} ${dayOf(bookedAt)}`;
      const countOfDay = countsPerDay.get(day) ?? 0;
      if (!approved && most > 0 && count >= most) return 'referrals_per_participant';
      if (!approved && mostPerDay > 0 && countOfDay >= mostPerDay) return 'referrals_per_day';
      counts.set(referrerRef, count + 1);
      if (mostPerDay > 0) countsPerDay.set(day, countOfDay + 1);
      return undefined;
    },
  };
}
