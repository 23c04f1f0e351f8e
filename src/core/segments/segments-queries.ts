import { type Selectable, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import type { SegmentsTable } from '../database/tables.ts';
import { ruleSegmentExpression } from '../selection/segment-queries.ts';
import { RULE_SEGMENTS, type SegmentLimits } from '../selection/segment-rules.ts';
import type { Instant } from '../time.ts';

/** How many customers each rule holds now. */
export async function countRuleSegments(
  queries: Queries,
  limits: SegmentLimits,
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ name: string | null; members: number }>`
    select name, count(*) as members from (select ${ruleSegmentExpression('customers', limits)} as name from customers) as placed
    group by name`.execute(queries);
  return new Map(rows.flatMap(({ name, members }) => (name === null ? [] : [[name, Number(members)]])));
}

/** How many customers there are who are not erased. */
export async function countScorable(queries: Queries): Promise<number> {
  const row = await queries
    .selectFrom('customers')
    .select((of) => of.fn.countAll<number>().as('customers'))
    .where('erased_at', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(row.customers);
}

/** Makes sure that each rule has its row; returns the keys by name. */
export async function upsertRuleSegments(
  transaction: Queries,
  definition: string,
  now: Instant,
): Promise<ReadonlyMap<string, number>> {
  await transaction
    .insertInto('segments')
    .values(
      RULE_SEGMENTS.map((name) => ({
        name,
        kind: 'rule' as const,
        definition,
        created_at: now,
        updated_at: now,
      })),
    )
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ definition, updated_at: now }))
    .execute();
  const rows = await transaction
    .selectFrom('segments')
    .select(['id', 'name'])
    .where('kind', '=', 'rule')
    .execute();
  return new Map(rows.map(({ id, name }) => [name, id]));
}

/** Writes who is in which segment by rule, in place of what was there: one statement for all customers. */
export async function replaceRuleMembers(
  transaction: Queries,
  limits: SegmentLimits,
  now: Instant,
): Promise<void> {
  await transaction
    .deleteFrom('segment_members')
    .where('segment_id', 'in', transaction.selectFrom('segments').select('id').where('kind', '=', 'rule'))
    .execute();
  const at = engineOf(transaction) === 'postgres' ? sql`${now}::timestamptz` : sql`${now}`;
  await sql`insert into segment_members (segment_id, customer_ref, scored_at)
    select segments.id, placed.id, ${at}
    from (select id, ${ruleSegmentExpression('customers', limits)} as segment from customers) as placed
    join segments on segments.name = placed.segment`.execute(transaction);
}

export interface SegmentRow extends Selectable<SegmentsTable> {
  /** As of the last scoring. */
  readonly members: number;
  readonly scored_at: Instant | null;
}

/** The segments that are kept, with their last scoring. */
export async function listSegmentRows(queries: Queries): Promise<SegmentRow[]> {
  const segments = await queries.selectFrom('segments').selectAll().orderBy('name').execute();
  const counts = await queries
    .selectFrom('segment_members')
    .select((of) => [
      'segment_id',
      of.fn.countAll<number>().as('members'),
      of.fn.max('scored_at').as('scored_at'),
    ])
    .groupBy('segment_id')
    .execute();
  const bySegment = new Map(counts.map((count) => [count.segment_id, count]));
  return segments.map((segment) => {
    const count = bySegment.get(segment.id);
    return {
      ...segment,
      id: segment.id,
      members: Number(count?.members ?? 0),
      scored_at: count?.scored_at ?? (segment.kind === 'rule' ? segment.updated_at : null),
    };
  });
}
