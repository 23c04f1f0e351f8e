import { copyTexts } from '../database/copy-rows.ts';
import type { Database, Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { type MigrateOptions, migrateDatabase } from '../database/migrate-database.ts';
import { MIGRATIONS } from '../database/migrations-list.ts';
import { suspendConstraints } from '../database/suspend-constraints.ts';
import { suspendIndex } from '../database/suspend-index.ts';
import { ReferralError } from '../errors.ts';
import type { OnProgress } from '../progress.ts';
import {
  checkReferences,
  clearMeta,
  insertJsonRows,
  listIndexes,
  setLastId,
  writeWithoutLog,
} from './archive-queries.ts';
import { type ArchiveReader, DamagedChunk } from './archive-reader.ts';
import { type ArchiveTable, listArchiveTables } from './archive-tables.ts';
import { damaged, type Manifest, type ManifestTable } from './manifest.ts';
import { copyTextOfLines } from './rows/copy-text-of-lines.ts';

export interface LoadOptions {
  readonly id: string;
  readonly manifest: Manifest;
  readonly reader: ArchiveReader;
  readonly migrate: MigrateOptions;
  readonly onProgress?: OnProgress | undefined;
}

/**
 * Migrates an empty database as far as the archive's was and loads every row in one transaction, without the indexes, which are built over all
 * rows at the end. Throws `input_unusable` when the archive was damaged meanwhile, its tables are not those of its migrations or its rows
 * break their rules, `database_newer`.
 */
export async function loadArchive(
  database: Database,
  options: LoadOptions,
): Promise<readonly ArchiveTable[]> {
  const { manifest, id } = options;
  const tables = planTables(manifest, id);
  const { queries } = database;
  if (database.engine === 'sqlite') await writeWithoutLog(queries);
  await migrateDatabase(database, {
    ...options.migrate,
    migrations: MIGRATIONS.slice(0, manifest.migrations.length),
  });
  // References are checked once, when everything is there.
  if (database.engine === 'sqlite') await checkReferences(queries, false);
  try {
    await database.transaction((transaction) => loadTables(transaction, tables, options), { once: true });
  } finally {
    if (database.engine === 'sqlite') await checkReferences(queries, true);
  }
  return tables.map(({ definition }) => definition);
}

async function loadTables(
  transaction: Queries,
  tables: readonly PlannedTable[],
  { manifest, id, reader, onProgress }: LoadOptions,
): Promise<void> {
  const total = manifest.tables.reduce((sum, { rows }) => sum + rows, 0);
  let done = 0;
  // The identity and the secret of the new database give way to those in the archive.
  await clearMeta(transaction);
  const filled = tables.filter(({ table }) => table.rows > 0).map(({ table }) => table.name);
  const resume = await suspendKeys(transaction, filled);
  for (const { table, definition } of tables) {
    const chunks = tellingRows(reader, table, (rows) => {
      done += rows;
      onProgress?.(done, total);
    });
    await loadTable(transaction, table, definition, chunks).catch((error: unknown) => {
      throw explain(error, table.name, id);
    });
  }
  await resume().catch((error: unknown) => {
    throw explain(error, 'its tables', id);
  });
}

async function suspendKeys(transaction: Queries, tables: readonly string[]): Promise<() => Promise<void>> {
  if (engineOf(transaction) === 'postgres') return suspendConstraints(transaction, tables);
  const resumes: (() => Promise<void>)[] = [];
  for (const name of await listIndexes(transaction)) resumes.push(await suspendIndex(transaction, name));
  return async () => {
    for (const resume of resumes) await resume();
  };
}

async function* tellingRows(
  reader: ArchiveReader,
  table: ManifestTable,
  onRows: (rows: number) => void,
): AsyncGenerator<Buffer> {
  let at = 0;
  for await (const raw of reader.readChunks(table.chunks)) {
    yield raw;
    onRows(table.chunks[at]?.rows ?? 0);
    at += 1;
  }
}

function explain(error: unknown, table: string, id: string): unknown {
  if (error instanceof DamagedChunk) return damaged(`${error.file}: ${error.message}`, id);
  if (error instanceof SyntaxError) return damaged(`what it holds for ${table} are no rows`, id);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = error instanceof Error ? error.message : '';
  // Data exceptions of PostgreSQL: SQLite also holds texts with a zero byte.
  if (/^22...$/.test(code)) {
    return new ReferralError(
      'input_unusable',
      `PostgreSQL can't hold a row of ${table} in the backup ${id}`,
      {
        reason,
        hint: 'Nothing was changed. Restore it into SQLite: referral backup restore … --into sqlite:FILE',
        cause: error,
      },
    );
  }
  // Rows that the tables themselves refuse were never in a database: the archive was made by somebody else.
  if (/^23...$/.test(code) || /^SQLITE_(CONSTRAINT|MISMATCH)/.test(code)) {
    return damaged(`the rules of ${table} refuse what it holds: ${reason}`, id);
  }
  return error;
}

export interface PlannedTable {
  readonly table: ManifestTable;
  readonly definition: ArchiveTable;
}

/** Pairs the tables of an archive with those of its migrations. Throws `database_newer`, `input_unusable`. */
export function planTables(manifest: Manifest, id: string): PlannedTable[] {
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
  table: ManifestTable,
  definition: ArchiveTable,
  chunks: AsyncIterable<Buffer>,
): Promise<void> {
  if (table.chunks.length > 0) await loadRows(queries, definition, chunks);
  // Without rows it still remembers the keys that it has given out.
  if (table.last_id !== null) await setLastId(queries, definition, table.last_id);
}

async function loadRows(
  queries: Queries,
  definition: ArchiveTable,
  chunks: AsyncIterable<Buffer>,
): Promise<void> {
  if (engineOf(queries) === 'sqlite') return insertChunks(queries, definition, chunks);
  const columns = definition.columns.map(({ name }) => name);
  await copyTexts(queries, definition.name, columns, formatCopy(chunks));
}

async function* formatCopy(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const raw of chunks) yield copyTextOfLines(raw);
}

async function insertChunks(
  queries: Queries,
  table: ArchiveTable,
  chunks: AsyncIterable<Buffer>,
): Promise<void> {
  for await (const raw of chunks) {
    const text = raw.toString('utf8', 0, raw.length - 1).replaceAll('\n', ',');
    await insertJsonRows(queries, table, `[${text}]`);
  }
}
