import type { Queries } from './database.ts';
import { engineOf } from './engine-of.ts';

export async function findMeta(queries: Queries, name: string): Promise<string | undefined> {
  const row = await queries.selectFrom('meta').select('value').where('name', '=', name).executeTakeFirst();
  return row?.value;
}

/** Facts by name, those that are there. */
export async function listMeta(
  queries: Queries,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await queries
    .selectFrom('meta')
    .select(['name', 'value'])
    .where('name', 'in', names)
    .execute();
  return new Map(rows.map(({ name, value }) => [name, value]));
}

export async function insertMetaOnce(queries: Queries, name: string, value: string): Promise<void> {
  await queries
    .insertInto('meta')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
}

export async function saveMeta(queries: Queries, name: string, value: string): Promise<void> {
  await queries
    .insertInto('meta')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute();
}

/** Changes a fact, but leaves it alone while another transaction does. */
export async function saveMetaUnlessLocked(queries: Queries, name: string, value: string): Promise<void> {
  await queries
    .updateTable('meta')
    .set({ value })
    .where('name', 'in', (eb) =>
      eb
        .selectFrom('meta')
        .select('name')
        .where('name', '=', name)
        .$if(engineOf(queries) === 'postgres', (query) => query.forUpdate().skipLocked()),
    )
    .execute();
}

export async function deleteMeta(queries: Queries, name: string): Promise<void> {
  await queries.deleteFrom('meta').where('name', '=', name).execute();
}
