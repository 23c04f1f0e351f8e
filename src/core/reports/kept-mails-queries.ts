import { type RawBuilder, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';

/** What a provider reports of a mail: one bit each in `report_mails.marks`. */
export const MARKS = {
  delivered: 1,
  opened: 2,
  opened_with_machines: 4,
  clicked: 8,
  bounced: 16,
  complained: 32,
  unsubscribed: 64,
} as const;

export type Mark = keyof typeof MARKS;
const NAMES = Object.keys(MARKS) as Mark[];

/** Is it an event `e` that sets the mark? */
function setsMark(mark: Mark): RawBuilder<unknown> {
  if (mark === 'opened') return sql`e.type = 'opened' and e.machine_open = 0`;
  return sql`e.type = ${sql.lit(mark === 'opened_with_machines' ? 'opened' : mark)}`;
}

/** All marks that the events `e` of a group set. */
export function marksOf(queries: Queries): RawBuilder<number> {
  const each = NAMES.map((mark) => sql`case when ${setsMark(mark)} then ${sql.lit(MARKS[mark])} else 0 end`);
  // SQLite has no aggregate for bits.
  return engineOf(queries) === 'sqlite'
    ? sql.join(
        each.map((one) => sql`max(${one})`),
        sql` + `,
      )
    : sql`bit_or(${sql.join(each, sql` + `)})`;
}

/** All `marks` of a group. */
export function anyMarks(queries: Queries): RawBuilder<number> {
  return engineOf(queries) === 'sqlite'
    ? sql.join(
        NAMES.map((mark) => sql`max(marks & ${sql.lit(MARKS[mark])})`),
        sql` + `,
      )
    : sql`bit_or(marks)`;
}

export async function findLastEvent(queries: Queries): Promise<number> {
  const { rows } = await sql<{ last: number }>`select coalesce(max(id), 0) as last from events`.execute(
    queries,
  );
  return rows[0]?.last ?? 0;
}

/** Keeps all others from `report_mails` until the transaction ends. SQLite has one writer anyway. */
export async function lockMails(queries: Queries): Promise<void> {
  if (engineOf(queries) === 'sqlite') return;
  await sql`set local lock_timeout = '2s'`.execute(queries);
  await sql`select pg_advisory_xact_lock(hashtext('referral.report_mails'))`.execute(queries);
}

/** Waits for who writes events, and keeps others from it until the transaction ends. SQLite has one writer anyway. */
export async function lockEvents(queries: Queries): Promise<void> {
  if (engineOf(queries) === 'sqlite') return;
  await sql`set local lock_timeout = '2s'`.execute(queries);
  await sql`lock table events in share mode`.execute(queries);
}

/**
 * Adds the marks of the events with keys in (from, to], in the order of their mails, in which an index grows fastest. From 0 on it begins again: then no
 * row is there, and looking for one would cost as much as adding it.
 */
export async function addMarks(queries: Queries, from: number, to: number): Promise<void> {
  if (from === 0) await queries.deleteFrom('report_mails').execute();
  const known =
    from === 0
      ? sql``
      : sql`on conflict (delivery_id) do update set marks = report_mails.marks | excluded.marks`;
  await sql`insert into report_mails (delivery_id, campaign_id, customer_ref, marks)
    select x.delivery_id, d.campaign_id, d.customer_ref, x.marks
    from (
      select e.delivery_id, ${marksOf(queries)} as marks from events e
      where e.id > ${from} and e.id <= ${to} and e.delivery_id is not null
      group by e.delivery_id
    ) x join deliveries d on d.id = x.delivery_id
    where x.marks > 0 order by x.delivery_id ${known}`.execute(queries);
}
