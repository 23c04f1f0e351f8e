import type { Contest } from '../contests/get-contest.ts';
import { type Instant, toInstant, zoneOffset } from '../time.ts';
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

/** Facts of one booking that its own row and people tell; the planner adds what follows from the bookings before it. */
export type Candidate = Omit<ReferralFacts, 'friend_taken'>;

export interface PlannedReferral extends Verdict {
  readonly fraud: readonly FraudFinding[];
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
  const taken = new Set<number>();
  const limits = createLimits(rules.limits, timezone);
  const velocity = createVelocityCounter(rules.fraud.velocity);

  return (candidate) => {
    const fraud = [...candidate.fraud, ...findGroupFraud(candidate)];
    const facts: ReferralFacts = { ...candidate, fraud, friend_taken: taken.has(candidate.friend_ref) };
    const verdict =
      refuseReferral(facts, rules, contest) ?? limit(facts) ?? settleReferral(facts, rules, now);
    if (isLive(verdict.status)) taken.add(facts.friend_ref);
    return { ...verdict, fraud };
  };

  function findGroupFraud({ attribution, booking, friend_ref }: Candidate): readonly FraudFinding[] {
    if (attribution === undefined || attribution.referrer_ref === friend_ref) return [];
    if (booking.booked_at < contest.starts_at || booking.booked_at >= contest.ends_at) return [];
    const found = [velocity.count(attribution.referrer_ref, booking.booked_at)];
    if (isStanding(booking)) found.push(rings.find(attribution.referrer_ref, friend_ref));
    return found.filter((finding) => finding !== undefined);
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
  return {
    take(referrerRef, bookedAt, approved) {
      if (most === 0 && mostPerDay === 0) return undefined;
      const count = counts.get(referrerRef) ?? 0;
      const day = mostPerDay === 0 ? '' : `${referrerRef} ${localDay(bookedAt, timezone)}`;
      const countOfDay = countsPerDay.get(day) ?? 0;
      if (!approved && most > 0 && count >= most) return 'referrals_per_participant';
      if (!approved && mostPerDay > 0 && countOfDay >= mostPerDay) return 'referrals_per_day';
      counts.set(referrerRef, count + 1);
      if (mostPerDay > 0) countsPerDay.set(day, countOfDay + 1);
      return undefined;
    },
  };
}

function localDay(instant: Instant, timezone: string): string {
  const epoch = Date.parse(instant);
  return toInstant(epoch + zoneOffset(epoch, timezone)).slice(0, 10);
}
