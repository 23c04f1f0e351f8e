import type { Insertable, Updateable } from 'kysely';
import type { Queries } from '../database/database.ts';
import type { RunsTable } from '../database/tables.ts';

export async function insertRun(queries: Queries, row: Insertable<RunsTable>): Promise<number> {
  const { id } = await queries.insertInto('runs').values(row).returning('id').executeTakeFirstOrThrow();
  return id;
}

export async function updateRun(queries: Queries, id: number, change: Updateable<RunsTable>): Promise<void> {
  await queries.updateTable('runs').set(change).where('id', '=', id).execute();
}
