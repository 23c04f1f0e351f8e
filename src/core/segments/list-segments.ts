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
import { describeRfmSegment, isRfmSegment } from './rfm.ts';
import { parseDefinition } from './saved-segment.ts';
import { countMembersAt, countRuleSegments, listSegmentRows, type SegmentRow } from './segments-queries.ts';

export interface Segment {
  readonly name: string;
  readonly kind: 'rule' | 'where' | 'model';
  readonly rule: string | null;
  /** Now, for a segment by rule; as of the last scoring otherwise; at the time that was asked for. */
  readonly members: number;
  /** The last `segments score`. */
  readonly scored_at: Instant | null;
  /** How many it had then. */
  readonly scored_members: number | null;
}

/** Every segment: those by rule in the order in which they are tried, then the others by name. `at` asks for members at an earlier time. */
export async function listSegments(queries: Queries, now: Instant, at?: Instant): Promise<Segment[]> {
  const thresholds = await getSegmentThresholds(queries);
  const rules = describeSegmentRules(thresholds);
  const counts = await countRuleSegments(queries, segmentLimits(thresholds, now));
  const rows = await listSegmentRows(queries);
  const stored = new Map(rows.map((row) => [row.name, row]));
  const earlier = at === undefined ? undefined : await countMembersAt(queries, at);
  const membersAt = (name: string, members: number): number =>
    earlier === undefined ? members : (earlier.get(stored.get(name)?.id ?? 0) ?? 0);
  const byRule = RULE_SEGMENTS.map((name) => ({
    name,
    kind: 'rule' as const,
    rule: rules[name],
    members: membersAt(name, counts.get(name) ?? 0),
    scored_at: stored.get(name)?.scored_at ?? null,
    scored_members: stored.get(name)?.members ?? null,
  }));
  const others = rows
    .filter((row) => !isRuleSegment(row.name))
    .map((row) => ({
      name: row.name,
      kind: row.kind,
      rule: describe(row),
      members: membersAt(row.name, row.members),
      scored_at: row.scored_at,
      scored_members: row.members,
    }));
  return [...byRule, ...others];
}

function describe({ name, kind, definition }: SegmentRow): string | null {
  if (isRfmSegment(name)) return describeRfmSegment(name);
  return kind === 'where' ? parseDefinition(definition).where.join(' and ') : null;
}

/** A segment. Throws `not_found` with the nearest name. */
export async function getSegment(
  queries: Queries,
  name: string,
  now: Instant,
  at?: Instant,
): Promise<Segment> {
  const segments = await listSegments(queries, now, at);
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
