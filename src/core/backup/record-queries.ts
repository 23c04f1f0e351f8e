import type { Insertable, Selectable } from 'kysely';
import type { Queries } from '../database/database.ts';
import type { BackupAction, BackupRecordsTable } from '../database/tables.ts';

export async function insertRecord(queries: Queries, row: Insertable<BackupRecordsTable>): Promise<void> {
  await queries.insertInto('backup_records').values(row).execute();
}

/** The newest record of an action that ended so. */
export async function findLastRecord(
  queries: Queries,
  action: BackupAction,
  outcome: BackupRecordsTable['outcome'],
): Promise<Selectable<BackupRecordsTable> | undefined> {
  return queries
    .selectFrom('backup_records')
    .selectAll()
    .where('action', '=', action)
    .where('outcome', '=', outcome)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}
