import type { Queries } from '../database/database.ts';

const TABLES = {
  contests: ['contests', 'slug'],
  campaigns: ['campaigns', 'slug'],
  templates: ['templates', 'name'],
  segments: ['segments', 'name'],
  profiles: ['profiles', 'name'],
} as const;

export type StoredNames = keyof typeof TABLES;

/** Every name of a kind, once, the newest first where that is known: those are typed most. */
export async function listStoredNames(queries: Queries, kind: StoredNames): Promise<readonly string[]> {
  if (kind === 'profiles') {
    const rows = await queries.selectFrom('profiles').select('name').orderBy('name').execute();
    return rows.map(({ name }) => name);
  }
  const [table, column] = TABLES[kind];
  const rows = await queries
    .selectFrom(table)
    .select(({ ref, fn }) => [ref(column as never).as('name'), fn.max('id').as('newest')])
    .groupBy(column as never)
    .orderBy('newest', 'desc')
    .execute();
  return rows.map(({ name }) => String(name));
}
