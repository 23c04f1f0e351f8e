import type { Database, Queries } from '../database/database.ts';
import { openDatabase } from '../database/open-database.ts';
import { ReferralError } from '../errors.ts';
import { type Adopted, adoptRestored } from './adopt-restored.ts';
import { listExistingTables } from './archive-queries.ts';
import { buildRestored } from './build-restored.ts';
import { keptSchemaName, LOADING_SCHEMA } from './kept-name.ts';
import { OWN_TABLES } from './own-tables.ts';
import type { RestoreOptions } from './restore-options.ts';
import type { Restored } from './restore-sqlite.ts';
import { createSchema, dropSchema, findCurrentSchema, lockTables, moveTables } from './schema-queries.ts';

/**
 * Puts an archive in the place of the tables of a PostgreSQL database. They are loaded and checked in a schema of their
 * own; then one transaction moves the old ones into a schema that is kept and the new ones into their places. Throws
 * `locked` when another process works on the tables or restores.
 */
export async function restorePostgres(
  target: Database,
  url: string,
  options: RestoreOptions,
): Promise<Restored> {
  const lock = await target.tryLock('restore');
  if (lock === undefined) throw busy('another restore is at work', undefined);
  try {
    // What a killed restore may have left.
    await dropSchema(target.queries, LOADING_SCHEMA);
    await createSchema(target.queries, LOADING_SCHEMA);
    const { config } = options;
    const fresh = await openDatabase({ url, config, migrations: 'skip', schema: LOADING_SCHEMA });
    try {
      await buildRestored(fresh, options);
      return await swap(target, fresh, options);
    } finally {
      await fresh.close();
      await dropSchema(target.queries, LOADING_SCHEMA);
    }
  } finally {
    await lock.release();
  }
}

// One transaction on the connection whose search path begins with the loading schema: there, names mean the new tables.
async function swap(target: Database, fresh: Database, options: RestoreOptions): Promise<Restored> {
  const home = await findCurrentSchema(target.queries);
  const kept = keptSchemaName(options.clock);
  return fresh.transaction(async (transaction) => {
    const old = (await listExistingTables(target.queries)).filter((table) => OWN_TABLES.includes(table));
    await lockTables(transaction, home, old).catch((error: unknown) => {
      throw isLockTimeout(error) ? busy('another process works on its tables', error) : error;
    });
    const adopted = await adopt(transaction, home, old, options);
    if (old.length > 0) {
      await createSchema(transaction, kept);
      await moveTables(transaction, old, home, kept);
    }
    await moveTables(transaction, OWN_TABLES, LOADING_SCHEMA, home);
    return { ...adopted, kept: old.length > 0 ? kept : null };
  });
}

async function adopt(
  transaction: Queries,
  home: string,
  old: readonly string[],
  options: RestoreOptions,
): Promise<Adopted> {
  // The old tables are locked by this transaction, so only it can read them.
  const there = transaction.withSchema(home);
  const readable = ['meta', 'customers', 'suppressions', 'deliveries', 'ledger_entries'].every((table) =>
    old.includes(table),
  );
  return adoptRestored(transaction, {
    ...options,
    snapshotAt: options.manifest.created_at,
    old: readable ? there : undefined,
  });
}

function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '55P03';
}

function busy(reason: string, cause: unknown): ReferralError {
  return new ReferralError('locked', 'The database is in use', {
    reason,
    hint: 'End the other commands that work on it, then run this one again.',
    cause,
  });
}
