import { addMilliseconds, type Instant } from '../time.ts';

/** The segments by rule, in the order in which they are tried: a customer is in the first that fits. */
export const RULE_SEGMENTS = ['power_user', 'new_user', 'active_user', 'inactive_user'] as const;
export type RuleSegment = (typeof RULE_SEGMENTS)[number];

/** The thresholds, settable as `segments.new_days` and so on. */
export interface SegmentThresholds {
  readonly new_days: number;
  readonly active_days: number;
  readonly power_bookings: number;
  readonly inactive_days: number;
}

/** The same thresholds as points in time. */
export interface SegmentLimits {
  readonly newSince: Instant;
  readonly activeSince: Instant;
  readonly inactiveBefore: Instant;
  readonly powerBookings: number;
}

/** What a rule looks at. */
export interface SegmentFacts {
  readonly joined_at: Instant | null;
  readonly last_active_at: Instant | null;
  readonly total_bookings: number | null;
}

const DAY_MS = 86_400_000;

/** The points in time that the thresholds mean at `now`. */
export function segmentLimits(thresholds: SegmentThresholds, now: Instant): SegmentLimits {
  return {
    newSince: addMilliseconds(now, -thresholds.new_days * DAY_MS),
    activeSince: addMilliseconds(now, -thresholds.active_days * DAY_MS),
    inactiveBefore: addMilliseconds(now, -thresholds.inactive_days * DAY_MS),
    powerBookings: thresholds.power_bookings,
  };
}

/**
 * The segment of a customer: `power_user` active lately with many bookings, `new_user` joined lately, `active_user` active lately,
 * `inactive_user` not seen for long or never; null in between. Who joined was active then. The SQL in `segment-queries.ts` says the same, which a test compares.
 */
export function segmentOf(facts: SegmentFacts, limits: SegmentLimits): RuleSegment | null {
  const lastSeen = facts.last_active_at ?? facts.joined_at;
  const isActive = lastSeen !== null && lastSeen >= limits.activeSince;
  if (isActive && (facts.total_bookings ?? 0) >= limits.powerBookings) return 'power_user';
  if (facts.joined_at !== null && facts.joined_at >= limits.newSince) return 'new_user';
  if (isActive) return 'active_user';
  return lastSeen === null || lastSeen < limits.inactiveBefore ? 'inactive_user' : null;
}

/** Is this the name of a segment by rule? */
export function isRuleSegment(name: string): name is RuleSegment {
  return (RULE_SEGMENTS as readonly string[]).includes(name);
}

/** What each rule says with these thresholds, for people. */
export function describeSegmentRules(thresholds: SegmentThresholds): Readonly<Record<RuleSegment, string>> {
  const { new_days, active_days, power_bookings, inactive_days } = thresholds;
  return {
    power_user: `active within ${active_days} days, with at least ${power_bookings} bookings`,
    new_user: `joined within ${new_days} days`,
    active_user: `active within ${active_days} days`,
    inactive_user: `not active for ${inactive_days} days, or never seen`,
  };
}
