import { sql } from 'kysely';
import type { Queries } from './database.ts';

/**
 * SQLite only: takes an index away and gives what builds it again as it was, both in the transaction of `queries`. Building an index over many
 * rows at once is cheaper than keeping it up with each of them. Throws when there is no index of that name.
 */
export async function suspendIndex(queries: Queries, name: string): Promise<() => Promise<void>> {
  const { rows } = await sql<{
    sql: string;
  }>`select sql from sqlite_master where type = 'index' and name = ${name}`.execute(queries);
  const [index] = rows;
  if (index === undefined) throw new TypeError(`there is no index ${name}`);
  await sql`drop index ${sql.ref(name)}`.execute(queries);
  return async () => {
    await sql.raw(index.sql).execute(queries);
  };
}
