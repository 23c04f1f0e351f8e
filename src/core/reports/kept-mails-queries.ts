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

/** All marks that the events `e` of a group set. */
export function marksOf(queries: Queries): RawBuilder<number> {
  const { opened, opened_with_machines: machines, ...named } = MARKS;
  const cases = Object.entries(named).map(([type, bit]) => sql`when ${sql.lit(type)} then ${sql.lit(bit)}`);
  const all = sql`case e.type ${sql.join(cases, sql` `)} when 'opened' then
    case when e.machine_open = 0 then ${sql.lit(opened + machines)} else ${sql.lit(machines)} end else 0 end`;
  if (engineOf(queries) === 'postgres') return sql`bit_or(${all})`;
  const each = cases.map((one) => sql`max(case e.type ${one} else 0 end)`);
  // An open by a person is one with machines too, and so the largest number.
  const mostOpened = sql`max(case when e.type = 'opened' then ${sql.lit(machines)} + case when e.machine_open = 0 then ${sql.lit(opened)} else 0 end else 0 end)`;
  return sql.join([...each, mostOpened], sql` + `);
}

/** Does the event `e` set a mark? What else a provider tells of a mail need not be grouped. */
export function setsMark(): RawBuilder<boolean> {
  const { opened_with_machines: _, ...types } = MARKS;
  return sql`e.type in (${sql.join(Object.keys(types).map((type) => sql.lit(type)))})`;
}

/** All `marks` of a group. SQLite has no aggregate for bits. */
export function anyMarks(queries: Queries): RawBuilder<number> {
  if (engineOf(queries) === 'postgres') return sql`bit_or(marks)`;
  return sql.join(
    Object.values(MARKS).map((bit) => sql`max(marks & ${sql.lit(bit)})`),
    sql` + `,
  );
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
      where e.id > ${from} and e.id <= ${to} and e.delivery_id is not null and ${setsMark()}
      group by e.delivery_id
    ) x join deliveries d on d.id = x.delivery_id
    where x.marks > 0 order by x.delivery_id ${known}`.execute(queries);
}
