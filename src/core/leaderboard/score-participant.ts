import { findRuleAmount } from '../contests/rule-amount.ts';
import type { Rules } from '../contests/rules.ts';
import type { Instant } from '../time.ts';

/** An approved referral as scoring sees it. */
export interface ScoredReferral {
  readonly booked_at: Instant;
  /** What counts of the booking, in minor units of `currency`. */
  readonly amount_minor: number;
  readonly currency: string;
  /** Its value of `scoring.cap_per_group.attribute`; `(none)` where it has none. */
  readonly cap_group: string;
  /** Its value of the attribute that `groups` counts; see `groupAttribute`. */
  readonly group: string;
}

export interface Score {
  readonly points: number;
  /** Approved referrals, and how many of them count after the cap. */
  readonly referrals: number;
  readonly counted: number;
  /** Distinct groups among all approved referrals; 0 when the rules know no groups. */
  readonly groups: number;
  readonly qualified: boolean;
  /** The booking time of the referral that brought the final points. */
  readonly reached_at: Instant;
}

/** What a missing or empty attribute is called: a group of its own. */
export const NO_GROUP = '(none)';

/** The attribute whose distinct values are `groups`: that of `qualify.min_groups`, else that of the cap. */
export function groupAttribute(rules: Pick<Rules, 'qualify' | 'scoring'>): string | undefined {
  return rules.qualify.min_groups?.attribute ?? rules.scoring.cap_per_group?.attribute;
}

/** The points of one referral that counts, before the participant's tier: per referral, and per full amount. */
export function pointsOfReferral(
  { amount_minor, currency }: Pick<ScoredReferral, 'amount_minor' | 'currency'>,
  { scoring }: Pick<Rules, 'scoring'>,
): number {
  const { per, points } = scoring.points_per_amount;
  if (points === 0) return scoring.points_per_referral;
  const step = Math.max(1, findRuleAmount(per, currency, 'up') ?? 1);
  return scoring.points_per_referral + Math.floor(Math.max(0, amount_minor) / step) * points;
}

/** A sum of points with the percentage of a tier, rounded half up to a whole point. */
export function applyTier(points: number, tier: string | null, { scoring }: Pick<Rules, 'scoring'>): number {
  const percent = tier === null ? 100 : (tierPercent(scoring.tier_percent, tier) ?? 100);
  return Math.floor((points * percent + 50) / 100);
}

/**
 * The score of one participant. `referrals` are all approved ones, at least one, earliest booked first; `tier` is the
 * participant's. At most `cap_per_group.max` of a group count, the earliest; the tier's percentage is of their sum.
 */
export function scoreParticipant(
  referrals: readonly ScoredReferral[],
  tier: string | null,
  rules: Pick<Rules, 'qualify' | 'scoring'>,
): Score {
  const cap = rules.scoring.cap_per_group?.max;
  const perGroup = new Map<string, number>();
  const groups = new Set<string>();
  let counted = 0;
  let sum = 0;
  let points = 0;
  let reachedAt = referrals[0]?.booked_at ?? '';
  for (const referral of referrals) {
    groups.add(referral.group);
    if (cap !== undefined) {
      const before = perGroup.get(referral.cap_group) ?? 0;
      if (before >= cap) continue;
      perGroup.set(referral.cap_group, before + 1);
    }
    counted += 1;
    sum += pointsOfReferral(referral, rules);
    const after = applyTier(sum, tier, rules);
    if (after !== points) reachedAt = referral.booked_at;
    points = after;
  }
  const distinct = groupAttribute(rules) === undefined ? 0 : groups.size;
  return {
    points,
    referrals: referrals.length,
    counted,
    groups: distinct,
    qualified: isQualified(points, distinct, rules),
    reached_at: reachedAt,
  };
}

/** Does a score meet `qualify`? */
export function isQualified(points: number, groups: number, { qualify }: Pick<Rules, 'qualify'>): boolean {
  return points >= qualify.min_points && groups >= (qualify.min_groups?.count ?? 0);
}

// Tiers are what the operator's export says; `Premium` and `premium` are the same one.
function tierPercent(percents: Readonly<Record<string, number>>, tier: string): number | undefined {
  const wanted = tier.trim().toLowerCase();
  return Object.entries(percents).find(([name]) => name.trim().toLowerCase() === wanted)?.[1];
}
