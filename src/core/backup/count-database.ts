import type { Database } from '../database/database.ts';
import { countTable } from './archive-queries.ts';
import { listArchiveTables } from './archive-tables.ts';

/** Rows by table, as a backup would hold them. */
export async function countDatabase(database: Database): Promise<Record<string, number>> {
  return database.snapshot(async (snapshot) => {
    const counts: Record<string, number> = {};
    for (const { name } of listArchiveTables()) counts[name] = await countTable(snapshot, name);
    return counts;
  });
}
