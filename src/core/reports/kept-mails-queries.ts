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

/** Is it an event `e` that sets the mark? */
export function setsMark(mark: Mark): RawBuilder<unknown> {
  if (mark === 'opened') return sql`e.type = 'opened' and e.machine_open = 0`;
  return sql`e.type = ${sql.lit(mark === 'opened_with_machines' ? 'opened' : mark)}`;
}

export async function findLastEvent(queries: Queries): Promise<number> {
  const { rows } = await sql<{ last: number }>`select coalesce(max(id), 0) as last from events`.execute(
    queries,
  );
  return rows[0]?.last ?? 0;
}

/** Waits for who writes events, and keeps others from it until the transaction ends. SQLite has one writer anyway. */
export async function lockEvents(queries: Queries): Promise<void> {
  if (engineOf(queries) === 'sqlite') return;
  await sql`set local lock_timeout = '2s'`.execute(queries);
  await sql`lock table events in share mode`.execute(queries);
}

export async function clearMarks(queries: Queries): Promise<void> {
  await queries.deleteFrom('report_mails').execute();
}

/** Adds the marks of the events with keys in (from, to]. */
export async function addMarks(queries: Queries, from: number, to: number): Promise<void> {
  const bits = (Object.keys(MARKS) as Mark[]).map(
    (mark) => sql`max(case when ${setsMark(mark)} then ${sql.lit(MARKS[mark])} else 0 end)`,
  );
  await sql`insert into report_mails (delivery_id, campaign_id, customer_ref, marks)
    select x.delivery_id, d.campaign_id, d.customer_ref, x.marks
    from (
      select e.delivery_id, ${sql.join(bits, sql` + `)} as marks from events e
      where e.id > ${from} and e.id <= ${to} and e.delivery_id is not null
      group by e.delivery_id
    ) x join deliveries d on d.id = x.delivery_id
    where x.marks > 0
    on conflict (delivery_id) do update set marks = report_mails.marks | excluded.marks`.execute(queries);
}
