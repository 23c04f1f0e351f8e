import { type RawBuilder, sql } from 'kysely';
import type { Instant } from '../time.ts';
import type { Kept } from './kept.ts';

/** What a report counts. */
export interface ReportScope {
  readonly contest: ScopeContest | null;
  readonly campaignId: number | null;
  /** The period, half-open. */
  readonly from: Instant | null;
  readonly to: Instant | null;
  /** Only what had happened by then, inclusive; null counts everything known. */
  readonly asOf: Instant | null;
  /** Keys of the contests whose rules count confirmed bookings. */
  readonly countingConfirmed: readonly number[];
  /** Against which codes are expired. */
  readonly now: Instant;
  /** Answers of earlier reports that still hold. */
  readonly kept: Kept;
  /** Does `report_mails` hold every event of this snapshot? */
  readonly mailsKept: boolean;
}

export interface ScopeContest {
  readonly id: number;
  readonly starts_at: Instant;
  readonly ends_at: Instant;
}

/** A boolean in SQL. */
export type SqlCondition = RawBuilder<unknown>;

/** All of these; true when there are none. */
export function allOf(conditions: readonly (SqlCondition | undefined)[]): SqlCondition {
  const given = conditions.filter((condition) => condition !== undefined);
  return given.length === 0 ? sql`1 = 1` : sql.join(given, sql` and `);
}

/** Is the time in `column` inside the period and not after the as-of time? */
export function happenedIn({ from, to, asOf }: ReportScope, column: string): SqlCondition {
  const at = sql.ref(column);
  return allOf([
    from === null ? undefined : sql`${at} >= ${from}`,
    to === null ? undefined : sql`${at} < ${to}`,
    asOf === null ? undefined : sql`${at} <= ${asOf}`,
  ]);
}

/** Is `column` the key of the contest, if the report is about one? */
export function ofContest({ contest }: ReportScope, column: string): SqlCondition | undefined {
  return contest === null ? undefined : sql`${sql.ref(column)} = ${contest.id}`;
}

/** Does the campaign `c` count? A campaign belongs to the period in which its sending began. */
export function campaignCounts(scope: ReportScope): SqlCondition {
  const { from, to, asOf, campaignId } = scope;
  const at = sql`coalesce(c.started_at, c.created_at)`;
  return allOf([
    ofContest(scope, 'c.contest_id'),
    campaignId === null ? undefined : sql`c.id = ${campaignId}`,
    from === null ? undefined : sql`${at} >= ${from}`,
    to === null ? undefined : sql`${at} < ${to}`,
    asOf === null ? undefined : sql`${at} <= ${asOf}`,
  ]);
}
