import type { Insertable, Selectable, Updateable } from 'kysely';
import type { Queries } from '../database/database.ts';
import type { ContestsTable } from '../database/tables.ts';

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

export async function insertContest(queries: Queries, row: Insertable<ContestsTable>): Promise<number> {
  const { id } = await queries.insertInto('contests').values(row).returning('id').executeTakeFirstOrThrow();
  return id;
}

export async function updateContest(
  queries: Queries,
  id: number,
  changes: Updateable<ContestsTable>,
): Promise<void> {
  await queries.updateTable('contests').set(changes).where('id', '=', id).execute();
}
