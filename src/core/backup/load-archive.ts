import { releaseMemory } from '../collect-garbage.ts';
import { copyBinary } from '../database/copy-rows.ts';
import type { Database, Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { type MigrateOptions, migrateDatabase } from '../database/migrate-database.ts';
import { MIGRATIONS } from '../database/migrations-list.ts';
import { suspendConstraints } from '../database/suspend-constraints.ts';
import { suspendIndex } from '../database/suspend-index.ts';
import { ReferralError } from '../errors.ts';
import type { OnProgress } from '../progress.ts';
import { releaseBytes } from '../release-bytes.ts';
import {
  checkReferences,
  clearMeta,
  giveBackCache,
  insertJsonRows,
  listIndexes,
  setLastId,
  writeWithoutLog,
} from './archive-queries.ts';
import { type ArchiveReader, DamagedChunk } from './archive-reader.ts';
import { type ArchiveTable, listArchiveTables } from './archive-tables.ts';
import { damaged, type Manifest, type ManifestTable } from './manifest.ts';
import { CopyEncoder, UnfitValue } from './rows/copy-encoder.ts';

export interface LoadOptions {
  readonly id: string;
  readonly manifest: Manifest;
  readonly reader: ArchiveReader;
  readonly migrate: MigrateOptions;
  readonly onProgress?: OnProgress | undefined;
}

/** An archive whose rows are in a database, but not all of its indexes yet. */
export interface LoadedArchive {
  readonly tables: readonly ArchiveTable[];
  /** Builds what is missing; others can read the tables meanwhile. Throws `input_unusable` when the rows break their rules. */
  buildIndexes(): Promise<void>;
  /** Puts the last rules back; nobody may read the tables. */
  complete(): Promise<void>;
}

/**
 * Migrates an empty database as far as the archive's was and loads every row in one transaction, without the indexes, which are built over all
 * rows afterwards: on SQLite in the same transaction, on PostgreSQL, beside the primary keys, when they are asked for. Throws `input_unusable` when the
 * archive was damaged meanwhile, its tables are not those of its migrations or its rows break their rules, `database_newer`.
 */
export async function loadArchive(database: Database, options: LoadOptions): Promise<LoadedArchive> {
  const { manifest, id } = options;
  const planned = planTables(manifest, id);
  const tables = planned.map(({ definition }) => definition);
  const { queries } = database;
  if (database.engine === 'sqlite') await writeWithoutLog(queries);
  await migrateDatabase(database, {
    ...options.migrate,
    migrations: MIGRATIONS.slice(0, manifest.migrations.length),
  });
  if (database.engine === 'sqlite') return { tables, ...(await loadSqlite(database, planned, options)) };
  const suspended = await database.transaction(
    async (transaction) => {
      const filled = planned.filter(({ table }) => table.rows > 0).map(({ table }) => table.name);
      const constraints = await suspendConstraints(transaction, filled);
      await loadTables(transaction, planned, options);
      await explaining('its tables', id, () => constraints.resumeKeys(transaction));
      return constraints;
    },
    { once: true },
  );
  const resume = (work: (transaction: Queries) => Promise<void>): Promise<void> =>
    explaining('its tables', id, () => database.transaction(work, { once: true }));
  return {
    tables,
    buildIndexes: () => resume(suspended.resumeIndexes),
    complete: () => resume(suspended.resumeConstraints),
  };
}

async function loadSqlite(
  database: Database,
  tables: readonly PlannedTable[],
  options: LoadOptions,
): Promise<Omit<LoadedArchive, 'tables'>> {
  // References are checked once, when everything is there.
  await checkReferences(database.queries, false);
  try {
    await database.transaction(
      async (transaction) => {
        const resumes: (() => Promise<void>)[] = [];
        for (const name of await listIndexes(transaction))
          resumes.push(await suspendIndex(transaction, name));
        await loadTables(transaction, tables, options);
        for (const resume of resumes) await explaining('its tables', options.id, resume);
      },
      { once: true },
    );
  } finally {
    await checkReferences(database.queries, true);
  }
  // What reads it next has caches of its own.
  await giveBackCache(database.queries);
  releaseMemory();
  return { buildIndexes: () => Promise.resolve(), complete: () => Promise.resolve() };
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
  for (const { table, definition } of tables) {
    const chunks = tellingRows(reader, table, (rows) => {
      done += rows;
      onProgress?.(done, total);
    });
    await explaining(table.name, id, () => loadTable(transaction, table, definition, chunks));
  }
}

async function explaining<T>(table: string, id: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explain(error, table, id);
  }
}

async function* tellingRows(
  reader: ArchiveReader,
  table: ManifestTable,
  onRows: (rows: number) => void,
): AsyncGenerator<Buffer> {
  let at = 0;
  for await (const raw of reader.readChecked(table.chunks)) {
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
  if (/^22...$/.test(code) || error instanceof UnfitValue) {
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
  await copyBinary(queries, definition.name, columns, encodeCopy(definition, chunks));
}

async function* encodeCopy(
  { columns }: ArchiveTable,
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<Uint8Array> {
  const encoder = new CopyEncoder(columns.map(({ type }) => type));
  yield CopyEncoder.header;
  for await (const raw of chunks) {
    const encoded = encoder.encode(raw);
    releaseBytes(raw);
    yield encoded;
  }
  yield CopyEncoder.trailer;
}

async function insertChunks(
  queries: Queries,
  table: ArchiveTable,
  chunks: AsyncIterable<Buffer>,
): Promise<void> {
  for await (const raw of chunks) {
    const text = raw.toString('utf8', 0, raw.length - 1).replaceAll('\n', ',');
    releaseBytes(raw);
    await insertJsonRows(queries, table, `[${text}]`);
  }
}
