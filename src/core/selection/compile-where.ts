import { type Expression, type SqlBool, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { didYouMean } from '../did-you-mean.ts';
import { ReferralError } from '../errors.ts';
import { getSetting } from '../settings/settings.ts';
import type { Instant } from '../time.ts';
import type { Condition } from './condition.ts';
import { parseWhere } from './parse-where.ts';
import { listContestSlugs, listStoredSegments } from './segment-queries.ts';
import { RULE_SEGMENTS, type SegmentThresholds, segmentLimits } from './segment-rules.ts';
import { splitConditions } from './split-conditions.ts';
import type { WhereFields } from './where-field.ts';
import { conditionExpression, type WhereNames } from './where-queries.ts';

export interface WhereOptions {
  /** What the rules of segments count back from. */
  readonly now: Instant;
  /** The zone of times without one; UTC by default. */
  readonly timezone?: string | undefined;
}

/**
 * `--where` texts as one SQL expression, joined by AND; true when there are none. Throws `usage` for a text that is no condition on these
 * fields, `not_found` for a segment or contest that does not exist.
 */
export async function compileWhere(
  queries: Queries,
  texts: readonly string[],
  fields: WhereFields,
  { now, timezone = 'UTC' }: WhereOptions,
): Promise<Expression<SqlBool>> {
  const conditions = texts
    .flatMap((text) => splitConditions(text, fields))
    .map((text) => parseWhere(text, fields, { timezone }));
  if (conditions.length === 0) return sql<SqlBool>`1 = 1`;
  const names = await loadNames(queries, conditions, now);
  const engine = engineOf(queries);
  return sql<SqlBool>`(${sql.join(
    conditions.map((condition) => conditionExpression(engine, condition, names)),
    sql` and `,
  )})`;
}

/** The thresholds of the segments by rule, as set. */
export async function getSegmentThresholds(queries: Queries): Promise<SegmentThresholds> {
  return {
    new_days: await getSetting(queries, 'segments.new_days'),
    active_days: await getSetting(queries, 'segments.active_days'),
    power_bookings: await getSetting(queries, 'segments.power_bookings'),
    inactive_days: await getSetting(queries, 'segments.inactive_days'),
  };
}

async function loadNames(
  queries: Queries,
  conditions: readonly Condition[],
  now: Instant,
): Promise<WhereNames> {
  const wants = (type: string) => conditions.filter((condition) => condition.field.type === type);
  const segments = wants('segment').length === 0 ? [] : await listStoredSegments(queries);
  const contests = wants('contest').length === 0 ? [] : await listContestSlugs(queries);
  assertKnown(wants('segment'), 'segment', [...RULE_SEGMENTS, ...segments.map((segment) => segment.name)]);
  assertKnown(
    wants('contest'),
    'contest',
    contests.map((contest) => contest.slug),
  );
  return {
    segments: new Map(segments.map(({ name, id }) => [name, id])),
    contests: new Map(contests.map(({ slug, id }) => [slug, id])),
    limits:
      wants('segment').length === 0 ? undefined : segmentLimits(await getSegmentThresholds(queries), now),
  };
}

function assertKnown(conditions: readonly Condition[], noun: string, names: readonly string[]): void {
  for (const value of conditions.flatMap((condition) => condition.values)) {
    if (value.kind !== 'time' && names.includes(value.text)) continue;
    const name = value.kind === 'time' ? '' : value.text;
    throw new ReferralError('not_found', `there is no ${noun} "${name}"`, {
      hint: didYouMean(name, names, `See: referral ${noun}s list`),
      details: { [noun]: name },
    });
  }
}
