import type { Queries } from '../database/database.ts';
import type { ProfilesTable } from '../database/tables.ts';

export function listProfileRows(queries: Queries): Promise<ProfilesTable[]> {
  return queries.selectFrom('profiles').selectAll().orderBy('name').execute();
}

export function findProfileRow(queries: Queries, name: string): Promise<ProfilesTable | undefined> {
  return queries.selectFrom('profiles').selectAll().where('name', '=', name).executeTakeFirst();
}

export async function upsertProfileRow(transaction: Queries, row: ProfilesTable): Promise<void> {
  const { name: _, ...changes } = row;
  await transaction
    .insertInto('profiles')
    .values(row)
    .onConflict((conflict) => conflict.column('name').doUpdateSet(changes))
    .execute();
}

export async function deleteProfileRow(transaction: Queries, name: string): Promise<void> {
  await transaction.deleteFrom('profiles').where('name', '=', name).execute();
}
