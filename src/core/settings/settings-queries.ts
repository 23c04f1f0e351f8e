import type { Selectable } from 'kysely';
import type { Queries } from '../database/database.ts';
import type { FlagsTable, SettingsTable } from '../database/tables.ts';

export async function findSetting(
  queries: Queries,
  name: string,
): Promise<Selectable<SettingsTable> | undefined> {
  return queries.selectFrom('settings').selectAll().where('name', '=', name).executeTakeFirst();
}

export async function listSettingRows(queries: Queries): Promise<Selectable<SettingsTable>[]> {
  return queries.selectFrom('settings').selectAll().orderBy('name').execute();
}

export async function listSettingRowsOf(
  queries: Queries,
  names: readonly string[],
): Promise<Pick<Selectable<SettingsTable>, 'name' | 'value'>[]> {
  return queries.selectFrom('settings').select(['name', 'value']).where('name', 'in', names).execute();
}

export async function saveSetting(queries: Queries, row: SettingsTable): Promise<void> {
  const { name, ...change } = row;
  await queries
    .insertInto('settings')
    .values(row)
    .onConflict((conflict) => conflict.column('name').doUpdateSet(change))
    .execute();
}

export async function deleteSetting(queries: Queries, name: string): Promise<void> {
  await queries.deleteFrom('settings').where('name', '=', name).execute();
}

export async function listFlagRows(queries: Queries): Promise<Selectable<FlagsTable>[]> {
  return queries.selectFrom('flags').selectAll().orderBy('name').execute();
}

export async function saveFlag(queries: Queries, row: FlagsTable): Promise<void> {
  const { name, ...change } = row;
  await queries
    .insertInto('flags')
    .values(row)
    .onConflict((conflict) => conflict.column('name').doUpdateSet(change))
    .execute();
}
