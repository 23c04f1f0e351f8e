import { sql } from 'kysely';
import type { Queries } from './database.ts';
import { engineOf } from './engine-of.ts';
import { suspendIndex } from './suspend-index.ts';

/**
 * For a large load into an empty table: takes its indexes away and gives what builds them again, both in the transaction of `queries`. An index
 * over many rows costs less built at once, and a unique one is checked then. PostgreSQL keeps its indexes, because dropping one would
 * keep every reader of the table waiting until the end.
 */
export async function suspendIndexes(queries: Queries, table: string): Promise<() => Promise<void>> {
  if (engineOf(queries) === 'postgres') return async () => {};
  const { rows } = await sql<{ name: string }>`select name from sqlite_master
    where type = 'index' and tbl_name = ${table} and sql is not null order by name`.execute(queries);
  const restores: (() => Promise<void>)[] = [];
  for (const { name } of rows) restores.push(await suspendIndex(queries, name));
  return async () => {
    for (const restore of restores) await restore();
  };
}
