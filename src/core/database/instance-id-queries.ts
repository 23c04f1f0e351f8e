import type { Queries } from './database.ts';

/** What this database is known by; a restored copy keeps it, so that events still find their deliveries. */
export async function getInstanceId(queries: Queries): Promise<string> {
  const row = await queries
    .selectFrom('meta')
    .select('value')
    .where('name', '=', 'instance_id')
    .executeTakeFirstOrThrow();
  return row.value;
}
