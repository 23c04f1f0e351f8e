import type { Database } from '../database/database.ts';
import type { DatabaseConfig } from '../database/database-config.ts';
import { findMigrationStatus } from '../database/migration-status.ts';
import { usingDatabase } from '../database/open-database.ts';
import { countTable, listExistingTables } from './archive-queries.ts';
import type { CheckedArchive } from './check-archive.ts';
import { contentHash } from './content-hash.ts';
import { archiveChunks } from './diff-backups.ts';
import { type DiffChunk, diffRows, type TableDifference } from './diff-rows.ts';
import { isUnreadable } from './inspect-target.ts';
import { planTables } from './load-archive.ts';
import { readRowTexts } from './rows/read-row-texts.ts';

export interface TargetComparison {
  /** Tables that differ: `before` is the target as it is, `after` the backup. */
  readonly differences: readonly TableDifference[];
  /** Why not, or not row by row; null when everything was compared. */
  readonly not_compared: string | null;
}

/** What a restore of an archive over a database would change, row by row. Reads one moment of the database; changes nothing. */
export async function compareTarget(
  url: string,
  config: DatabaseConfig,
  archive: CheckedArchive,
): Promise<TargetComparison> {
  try {
    return await usingDatabase({ url, config, migrations: 'skip' }, (database) => compare(database, archive));
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return { differences: [], not_compared: 'the database that would be replaced can not be read' };
  }
}

async function compare(database: Database, { manifest, reader }: CheckedArchive): Promise<TargetComparison> {
  const tables = planTables(manifest, '');
  return database.snapshot(async (snapshot) => {
    const { applied } = await findMigrationStatus(snapshot);
    const isAlike = applied.join() === manifest.migrations.map(({ name }) => name).join();
    const existing = new Set(await listExistingTables(snapshot));
    const differences: TableDifference[] = [];
    for (const { table, definition } of tables) {
      const name = table.name;
      if (isAlike) {
        const there = databaseChunks(readRowTexts(snapshot, database.queries, definition), reader.key);
        differences.push(await diffRows(definition, there, archiveChunks(reader, table)));
        continue;
      }
      const before = existing.has(name) ? await countTable(snapshot, name) : 0;
      const more = table.rows - before;
      const counts = { added: Math.max(more, 0), removed: Math.max(-more, 0), changed: 0 };
      differences.push({ table: name, before, after: table.rows, ...counts });
    }
    return {
      differences: differences.filter(({ added, removed, changed }) => added + removed + changed > 0),
      not_compared: isAlike
        ? null
        : 'the database has other migrations than the backup: rows were counted only',
    };
  });
}

async function* databaseChunks(
  texts: AsyncIterable<{ readonly raw: Buffer; readonly rows: number }>,
  key: Uint8Array | undefined,
): AsyncGenerator<DiffChunk> {
  for await (const { raw, rows } of texts) {
    yield { content: contentHash(key, raw), rows, raw: () => Promise.resolve(raw) };
  }
}
