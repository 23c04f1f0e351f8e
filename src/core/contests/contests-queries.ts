import {
  type Expression,
  type Insertable,
  type Selectable,
  type SqlBool,
  sql,
  type Updateable,
} from 'kysely';
import type { Queries } from '../database/database.ts';
import type { KeySlice } from '../database/key-slices.ts';
import type { ContestStatus, ContestsTable } from '../database/tables.ts';
import type { Instant } from '../time.ts';

export async function findContestRow(
  queries: Queries,
  slug: string,
): Promise<Selectable<ContestsTable> | undefined> {
  return queries.selectFrom('contests').selectAll().where('slug', '=', slug).executeTakeFirst();
}

export async function listSlugs(queries: Queries): Promise<string[]> {
  const rows = await queries.selectFrom('contests').select('slug').orderBy('slug').execute();
  return rows.map((row) => row.slug);
}

/** Inserts a contest unless its slug is taken; was it? */
export async function insertContest(queries: Queries, row: Insertable<ContestsTable>): Promise<boolean> {
  const inserted = await queries
    .insertInto('contests')
    .values(row)
    .onConflict((conflict) => conflict.column('slug').doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** Changes a contest if it still has the status that the change was decided on; did it? */
export async function updateContest(
  queries: Queries,
  contest: { readonly id: number; readonly status: ContestStatus },
  changes: Updateable<ContestsTable>,
): Promise<boolean> {
  const { numUpdatedRows } = await queries
    .updateTable('contests')
    .set(changes)
    .where('id', '=', contest.id)
    .where('status', '=', contest.status)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** The highest key of a customer who can be enrolled; 0 when there is none. */
export async function findLastEnrollable(queries: Queries): Promise<number> {
  const { last } = await queries
    .selectFrom('customers')
    .select((of) => of.fn.max('id').as('last'))
    .where('erased_at', 'is', null)
    .executeTakeFirstOrThrow();
  return last ?? 0;
}

/** Enrols everyone of the slice who fulfils the condition, is not erased and is not in yet; how many there were. */
export async function enrolCustomers(
  queries: Queries,
  contestId: number,
  condition: Expression<SqlBool>,
  { after, until }: KeySlice,
  now: Instant,
): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into participants (contest_id, customer_ref, enrolled_at)
    select ${sql.val(contestId)}, customers.id, ${now}
    from customers
    where customers.id > ${after} and customers.id <= ${until} and customers.erased_at is null and (${condition})
    order by customers.id
    on conflict (contest_id, customer_ref) do nothing`.execute(queries);
  return Number(numAffectedRows ?? 0n);
}

export async function countParticipants(queries: Queries, contestId: number): Promise<number> {
  const { count } = await queries
    .selectFrom('participants')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('contest_id', '=', contestId)
    .executeTakeFirstOrThrow();
  return count;
}

/** What a contest has come to: participants, active codes, and referrals by status. */
export async function countContest(
  queries: Queries,
  contestId: number,
): Promise<{ participants: number; codes: number; referrals: Readonly<Record<string, number>> }> {
  const { codes } = await queries
    .selectFrom('codes')
    .select((eb) => eb.fn.countAll<number>().as('codes'))
    .where('contest_id', '=', contestId)
    .where('status', '=', 'active')
    .executeTakeFirstOrThrow();
  const rows = await queries
    .selectFrom('referrals')
    .select(['status', (eb) => eb.fn.countAll<number>().as('count')])
    .where('contest_id', '=', contestId)
    .groupBy('status')
    .orderBy('status')
    .execute();
  return {
    participants: await countParticipants(queries, contestId),
    codes,
    referrals: Object.fromEntries(rows.map((row) => [row.status, row.count])),
  };
}

/** Contests as rows of a list, the one that starts last first. */
export async function listContestRows(
  queries: Queries,
  condition: Expression<SqlBool>,
  limit: number | undefined,
  offset: number,
) {
  return queries
    .selectFrom('contests')
    .select([
      'slug as contest',
      'name',
      'status',
      'starts_at',
      'ends_at',
      'timezone',
      'benefit',
      'launched_at',
    ])
    .select((eb) =>
      eb
        .selectFrom('participants')
        .select((inner) => inner.fn.countAll<number>().as('participants'))
        .whereRef('participants.contest_id', '=', 'contests.id')
        .as('participants'),
    )
    .where(condition)
    .orderBy('starts_at', 'desc')
    .orderBy('slug')
    .limit(limit ?? NO_LIMIT)
    .offset(offset)
    .execute();
}

// SQLite takes an offset only after a limit.
const NO_LIMIT = 9_007_199_254_740_991;
