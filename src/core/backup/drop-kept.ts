import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { appendAudit } from '../audit/append-audit.ts';
import type { Database } from '../database/database.ts';
import { parseDatabaseUrl } from '../database/parse-database-url.ts';
import { isKeptFile } from './kept-name.ts';
import type { ReleaseOptions } from './release-quarantine.ts';
import { dropSchema, listKeptSchemas } from './schema-queries.ts';

/** What restores over this database have kept of the databases before: schemas on PostgreSQL, files on SQLite. */
export async function listKept(database: Database): Promise<string[]> {
  if (database.engine === 'postgres') return listKeptSchemas(database.queries);
  const address = parseDatabaseUrl(database.url);
  if (address.engine !== 'sqlite') return [];
  const names = await readdir(dirname(address.file));
  return names.filter((name) => isKeptFile(name, basename(address.file))).sort();
}

/** Removes what restores have kept; the names of it. There is no way back after that. */
export async function dropKept({ database, clock, run, dryRun }: ReleaseOptions): Promise<string[]> {
  const dropped = await database.transaction(
    async (transaction) => {
      const kept = await listKept({ ...database, queries: transaction });
      if (kept.length === 0) return kept;
      if (database.engine === 'postgres') for (const schema of kept) await dropSchema(transaction, schema);
      await appendAudit(transaction, clock, run, {
        action: 'backup.committed',
        subject: database.name,
        details: { dropped: kept },
      });
      return kept;
    },
    { rollback: dryRun },
  );
  const address = parseDatabaseUrl(database.url);
  if (address.engine === 'sqlite' && !dryRun) {
    for (const name of dropped) await rm(join(dirname(address.file), name), { force: true });
  }
  return dropped;
}
