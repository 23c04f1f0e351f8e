import type { Queries } from '../database/database.ts';
import { didYouMean } from '../did-you-mean.ts';
import { ReferralError } from '../errors.ts';
import { getSegmentThresholds } from '../selection/compile-where.ts';
import {
  describeSegmentRules,
  isRuleSegment,
  RULE_SEGMENTS,
  segmentLimits,
} from '../selection/segment-rules.ts';
import type { Instant } from '../time.ts';
import { countRuleSegments, listSegmentRows } from './segments-queries.ts';

export interface Segment {
  readonly name: string;
  readonly kind: 'rule' | 'where' | 'model';
  readonly rule: string | null;
  /** Now, for a segment by rule; as of the last scoring otherwise. */
  readonly members: number;
  /** The last `segments score`. */
  readonly scored_at: Instant | null;
  /** How many it had then. */
  readonly scored_members: number | null;
}

/** Every segment: those by rule in the order in which they are tried, then the others by name. */
export async function listSegments(queries: Queries, now: Instant): Promise<Segment[]> {
  const thresholds = await getSegmentThresholds(queries);
  const rules = describeSegmentRules(thresholds);
  const counts = await countRuleSegments(queries, segmentLimits(thresholds, now));
  const stored = new Map((await listSegmentRows(queries)).map((row) => [row.name, row]));
  const byRule = RULE_SEGMENTS.map((name) => ({
    name,
    kind: 'rule' as const,
    rule: rules[name],
    members: counts.get(name) ?? 0,
    scored_at: stored.get(name)?.scored_at ?? null,
    scored_members: stored.get(name)?.members ?? null,
  }));
  const others = [...stored.values()]
    .filter((row) => !isRuleSegment(row.name))
    .map(({ name, kind, members, scored_at }) => ({
      name,
      kind,
      rule: null,
      members,
      scored_at,
      scored_members: members,
    }));
  return [...byRule, ...others];
}

/** A segment. Throws `not_found` with the nearest name. */
export async function getSegment(queries: Queries, name: string, now: Instant): Promise<Segment> {
  const segments = await listSegments(queries, now);
  const segment = segments.find((one) => one.name === name);
  if (segment !== undefined) return segment;
  throw new ReferralError('not_found', `There is no segment "${name}"`, {
    hint: didYouMean(
      name,
      segments.map((one) => one.name),
      'See: referral segments list',
    ),
    details: { segment: name },
  });
}
