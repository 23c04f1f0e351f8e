import { copyRows } from '../database/copy-rows.ts';
import type { Database, Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { chunksOf } from '../database/in-chunks.ts';
import { type MigrateOptions, migrateDatabase } from '../database/migrate-database.ts';
import { MIGRATIONS } from '../database/migrations-list.ts';
import { ReferralError } from '../errors.ts';
import { type ArchiveValue, clearMeta, insertLines, setLastId } from './archive-queries.ts';
import { type ArchiveTable, listArchiveTables } from './archive-tables.ts';
import type { BackupStore } from './backup-store.ts';
import { damaged, type Manifest, type ManifestTable } from './manifest.ts';
import { DamagedChunk, linesOf, readChunk } from './read-table.ts';

const LINES_PER_STATEMENT = 500;

export interface LoadOptions {
  readonly id: string;
  readonly manifest: Manifest;
  readonly store: BackupStore;
  readonly migrate: MigrateOptions;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Migrates an empty database as far as the archive's was and loads every row in one transaction. Throws `input_unusable`
 * when the archive was damaged meanwhile or its tables are not those of its migrations, `database_newer`.
 */
export async function loadArchive(
  database: Database,
  options: LoadOptions,
): Promise<readonly ArchiveTable[]> {
  const { manifest, id, store, onProgress } = options;
  const tables = planTables(manifest, id);
  await migrateDatabase(database, {
    ...options.migrate,
    migrations: MIGRATIONS.slice(0, manifest.migrations.length),
  });
  const total = manifest.tables.reduce((sum, { rows }) => sum + rows, 0);
  let done = 0;
  await database.transaction(async (transaction) => {
    // The identity and the secret of the new database give way to those in the archive.
    await clearMeta(transaction);
    for (const { table, definition } of tables) {
      await loadTable(transaction, store, table, definition, (rows) => {
        done += rows;
        onProgress?.(done, total);
      }).catch((error: unknown) => {
        throw explain(error, table.name, id);
      });
    }
  });
  return tables.map(({ definition }) => definition);
}

function explain(error: unknown, table: string, id: string): unknown {
  if (error instanceof DamagedChunk) return damaged(`${error.file}: ${error.message}`, id);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  // Data exceptions of PostgreSQL: SQLite also holds texts with a zero byte.
  if (!/^22...$/.test(code)) return error;
  return new ReferralError('input_unusable', `PostgreSQL can't hold a row of ${table} in the backup ${id}`, {
    reason: error instanceof Error ? error.message : '',
    hint: 'Nothing was changed. Restore it into SQLite: referral backup restore … --into sqlite:FILE',
    cause: error,
  });
}

/** Pairs the tables of an archive with those of its migrations. Throws `database_newer`, `input_unusable`. */
export function planTables(
  manifest: Manifest,
  id: string,
): { readonly table: ManifestTable; readonly definition: ArchiveTable }[] {
  const unknown = manifest.migrations.filter(({ name }, at) => MIGRATIONS[at]?.name !== name);
  if (unknown.length > 0) {
    throw new ReferralError('database_newer', `The backup ${id} is newer than this program`, {
      reason: `it has ${unknown.map(({ name }) => name).join(', ')}, which this version does not know`,
      hint: `Install referral ${manifest.program_version}, which made it.`,
    });
  }
  const definitions = listArchiveTables(MIGRATIONS.slice(0, manifest.migrations.length));
  const same =
    definitions.length === manifest.tables.length &&
    definitions.every((definition, at) => isSameTable(definition, manifest.tables[at]));
  if (!same) throw damaged('its tables are not those of its migrations', id);
  return definitions.flatMap((definition, at) => {
    const table = manifest.tables[at];
    return table === undefined ? [] : [{ table, definition }];
  });
}

function isSameTable(definition: ArchiveTable, table: ManifestTable | undefined): boolean {
  return (
    table !== undefined &&
    table.name === definition.name &&
    table.columns.length === definition.columns.length &&
    table.columns.every(({ name, type }, at) => {
      const column = definition.columns[at];
      return column?.name === name && column.type === type;
    })
  );
}

async function loadTable(
  queries: Queries,
  store: BackupStore,
  table: ManifestTable,
  definition: ArchiveTable,
  onRows: (rows: number) => void,
): Promise<void> {
  if (engineOf(queries) === 'postgres') {
    const columns = definition.columns.map(({ name }) => name);
    await copyRows(queries, definition.name, columns, readRows(store, table, onRows));
  } else {
    for (const chunk of table.chunks) {
      const lines = linesOf(await readChunk(store, chunk));
      for (const part of chunksOf(lines, LINES_PER_STATEMENT)) await insertLines(queries, definition, part);
      onRows(lines.length);
    }
  }
  if (table.last_id !== null) await setLastId(queries, definition, table.last_id);
}

async function* readRows(
  store: BackupStore,
  table: ManifestTable,
  onRows: (rows: number) => void,
): AsyncGenerator<ArchiveValue[]> {
  for (const chunk of table.chunks) {
    const lines = linesOf(await readChunk(store, chunk));
    for (const line of lines) yield JSON.parse(line) as ArchiveValue[];
    onRows(lines.length);
  }
}
