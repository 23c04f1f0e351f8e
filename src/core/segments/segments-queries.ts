import { type Expression, type RawBuilder, type Selectable, type SqlBool, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { integersIn } from '../database/list-parameter.ts';
import type { SegmentsTable } from '../database/tables.ts';
import { ruleSegmentExpression } from '../selection/segment-queries.ts';
import type { SegmentLimits } from '../selection/segment-rules.ts';
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

export interface SegmentDefinition {
  readonly name: string;
  readonly kind: SegmentsTable['kind'];
  /** Canonical JSON. */
  readonly definition: string;
}

/** Makes sure that each segment has its row with this definition; returns the keys by name. */
export async function upsertSegments(
  transaction: Queries,
  segments: readonly SegmentDefinition[],
  now: Instant,
): Promise<ReadonlyMap<string, number>> {
  await transaction
    .insertInto('segments')
    .values(segments.map((segment) => ({ ...segment, created_at: now, updated_at: now })))
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet((of) => ({ definition: of.ref('excluded.definition'), updated_at: now })),
    )
    .execute();
  const rows = await transaction.selectFrom('segments').select(['id', 'name']).execute();
  const wanted = new Set(segments.map(({ name }) => name));
  return new Map(rows.filter(({ name }) => wanted.has(name)).map(({ name, id }) => [name, id]));
}

/** `id, segment` of every customer whom a rule fits. */
export function rulePlaces(limits: SegmentLimits): RawBuilder<unknown> {
  return sql`(select id, ${ruleSegmentExpression('customers', limits)} as segment from customers)`;
}

/** `id, segment` of every customer whom a condition fits. */
export function conditionPlaces(name: string, condition: Expression<SqlBool>): RawBuilder<unknown> {
  return sql`(select customers.id, cast(${name} as text) as segment from customers where customers.erased_at is null and ${condition})`;
}

/** `id, segment, score` of every customer whom a version of a model scored. */
export function predictedPlaces(modelId: number): RawBuilder<unknown> {
  return sql`(select customer_ref as id, segment, score from predictions where model_id = ${modelId})`;
}

/**
 * Writes who is in which of the segments, in place of what was there, and since when and until when in the history: a few statements for
 * all customers. `places` gives `id` and the name of a segment, and `score` where `scored`.
 */
export async function replaceMembers(
  transaction: Queries,
  places: RawBuilder<unknown>,
  segments: readonly number[],
  now: Instant,
  scored = false,
): Promise<void> {
  const at = engineOf(transaction) === 'postgres' ? sql`${now}::timestamptz` : sql`${now}`;
  const among = integersIn(transaction, segments);
  await sql`delete from segment_members where segment_id in ${among}`.execute(transaction);
  await sql`insert into segment_members (segment_id, customer_ref, score, scored_at)
    select segments.id, placed.id, ${scored ? sql`placed.score` : sql`null`}, ${at}
    from ${places} as placed join segments on segments.name = ${engineOf(transaction) === 'postgres' ? sql`placed.segment collate "C"` : sql`placed.segment`}
    where segments.id in ${among}`.execute(transaction);
  await recordHistory(transaction, among, at);
}

async function recordHistory(
  transaction: Queries,
  among: RawBuilder<number>,
  at: RawBuilder<unknown>,
): Promise<void> {
  await sql`update segment_history set left_at = ${at}
    where left_at is null and segment_id in ${among} and not exists (
      select 1 from segment_members m where m.segment_id = segment_history.segment_id and m.customer_ref = segment_history.customer_ref
    )`.execute(transaction);
  // A difference of sets, and not a look for each member: without statistics PostgreSQL looks through the whole history for each of them, and what this
  // statement adds is gone through as well. Who left and came back at the same instant was never away.
  await sql`insert into segment_history (segment_id, customer_ref, entered_at, left_at)
    select entered.segment_id, entered.customer_ref, ${at}, null from (
      select segment_id, customer_ref from segment_members where segment_id in ${among}
      except select segment_id, customer_ref from segment_history where left_at is null and segment_id in ${among}
    ) as entered where 1 = 1
    on conflict (segment_id, customer_ref, entered_at) do update set left_at = null`.execute(transaction);
}

/** How many each of the segments has, as kept. */
export async function countMembers(
  queries: Queries,
  segments: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const rows = await queries
    .selectFrom('segment_members')
    .select((of) => ['segment_id', of.fn.countAll<number>().as('members')])
    .where('segment_id', 'in', integersIn(queries, segments))
    .groupBy('segment_id')
    .execute();
  return new Map(rows.map(({ segment_id, members }) => [segment_id, Number(members)]));
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
      scored_at: count?.scored_at ?? (segment.kind === 'model' ? null : segment.updated_at),
    };
  });
}

/** How many each segment had at a time, by what was kept then. */
export async function countMembersAt(queries: Queries, at: Instant): Promise<ReadonlyMap<number, number>> {
  const rows = await queries
    .selectFrom('segment_history')
    .select((of) => ['segment_id', of.fn.countAll<number>().as('members')])
    .where('entered_at', '<=', at)
    .where((where) => where.or([where('left_at', 'is', null), where('left_at', '>', at)]))
    .groupBy('segment_id')
    .execute();
  return new Map(rows.map(({ segment_id, members }) => [segment_id, Number(members)]));
}

export interface HistorySelection {
  readonly segment?: string | undefined;
  /** A `customer_id`. */
  readonly customer?: string | undefined;
  /** Only who was in it then. */
  readonly at?: Instant | undefined;
  readonly limit?: number | undefined;
  readonly offset: number;
}

/** Who was in which segment from when until when, by segment, `customer_id` and time. */
export function listHistory(queries: Queries, { segment, customer, at, limit, offset }: HistorySelection) {
  return queries
    .selectFrom('segment_history as h')
    .innerJoin('segments', 'segments.id', 'h.segment_id')
    .innerJoin('customers', 'customers.id', 'h.customer_ref')
    .select(['segments.name as segment', 'customers.customer_id', 'h.entered_at', 'h.left_at'])
    .$if(segment !== undefined, (query) => query.where('segments.name', '=', segment ?? ''))
    .$if(customer !== undefined, (query) => query.where('customers.customer_id', '=', customer ?? ''))
    .$if(at !== undefined, (query) =>
      query
        .where('h.entered_at', '<=', at ?? '')
        .where((where) => where.or([where('h.left_at', 'is', null), where('h.left_at', '>', at ?? '')])),
    )
    .orderBy('segments.name')
    .orderBy('customers.customer_id')
    .orderBy('h.entered_at')
    .limit(limit ?? 1_000_000_000)
    .offset(offset)
    .stream(1_000);
}

/** Removes a segment with its members and its history. */
export async function deleteSegmentRows(transaction: Queries, id: number): Promise<void> {
  await transaction.deleteFrom('segment_history').where('segment_id', '=', id).execute();
  await transaction.deleteFrom('segment_members').where('segment_id', '=', id).execute();
  await transaction.deleteFrom('segments').where('id', '=', id).execute();
}
