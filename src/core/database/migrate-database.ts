import type { Transaction } from 'kysely';
import { sha256 } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import { ReferralError } from '../errors.ts';
import type { Random } from '../random.ts';
import { newerError } from './assert-migrated.ts';
import type { Database, Engine, Queries } from './database.ts';
import { describeSchema } from './describe-schema.ts';
import { ensureMeta } from './ensure-meta.ts';
import { columnTypes, type Migration } from './migration.ts';
import {
  createMigrationsTable,
  deleteApplied,
  insertApplied,
  listApplied,
  lockMigrations,
  runStatements,
} from './migration-queries.ts';
import { compareMigrations } from './migration-status.ts';
import { MIGRATIONS } from './migrations-list.ts';
import { planUndo } from './plan-undo.ts';
import type { Tables } from './tables.ts';

export interface MigrateOptions {
  readonly clock: Clock;
  /** For the secret and the identity that a new database is given. */
  readonly random: Random;
  readonly programVersion: string;
  /** Roll everything back in the end: what `--dry-run` does. */
  readonly dryRun?: boolean;
  /** Called inside the transaction when something was applied or undone, to put it on record. */
  readonly record?: (transaction: Transaction<Tables>, names: readonly string[]) => Promise<void>;
  /** For tests; those of this program when absent. */
  readonly migrations?: readonly Migration[];
}

export interface MigrateResult {
  /** Applied now (or, by `down`, undone now), in order. */
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  /** The newest migration of the database, or null. */
  readonly version: string | null;
}

/**
 * Applies every pending migration in one transaction: killed at any point, or run twice at once, it leaves the old or
 * the new schema, complete. Throws `database_newer`, and `check_failed` when an applied migration was edited since.
 */
export async function migrateDatabase(database: Database, options: MigrateOptions): Promise<MigrateResult> {
  const migrations = options.migrations ?? MIGRATIONS;
  return database.transaction(
    async (transaction) => {
      await lockMigrations(transaction);
      await createMigrationsTable(transaction);
      const before = await listApplied(transaction);
      const { pending, unknown } = compareMigrations(
        before.map(({ name }) => name),
        migrations,
      );
      if (unknown.length > 0) throw newerError(unknown);
      const edited = findEdited(before, migrations, database.engine);
      if (edited.length > 0) throw editedError(edited);
      for (const migration of migrations) {
        if (pending.includes(migration.name))
          await applyMigration(transaction, migration, database.engine, options);
      }
      await ensureMeta(transaction, options.random);
      if (pending.length > 0) await options.record?.(transaction, pending);
      return { applied: pending, pending: [], version: migrations.at(-1)?.name ?? null };
    },
    { rollback: options.dryRun ?? false },
  );
}

/**
 * Undoes the migrations after `to` (all of them when `to` is `none`, the newest one when it is absent), newest first, in
 * one transaction. The rows of their tables are gone: the caller has asked. Throws `not_found`, `database_newer`.
 */
export async function undoMigrations(
  database: Database,
  to: string | undefined,
  options: MigrateOptions,
): Promise<MigrateResult> {
  const migrations = options.migrations ?? MIGRATIONS;
  return database.transaction(
    async (transaction) => {
      await lockMigrations(transaction);
      const names = (await listApplied(transaction)).map(({ name }) => name);
      const { applied, unknown } = compareMigrations(names, migrations);
      if (unknown.length > 0) throw newerError(unknown);
      const undone = planUndo(applied, to);
      for (const name of undone) {
        const migration = migrations.find((each) => each.name === name);
        if (migration !== undefined) await undoMigration(transaction, migration, database.engine);
      }
      const left = applied.filter((name) => !undone.includes(name));
      if (left.length > 0 && undone.length > 0) await options.record?.(transaction, undone);
      const pending = migrations.map(({ name }) => name).filter((name) => !left.includes(name));
      return { applied: left, pending, version: left.at(-1) ?? null };
    },
    { rollback: options.dryRun ?? false },
  );
}

/** SHA-256 over the SQL texts of a migration on an engine, blanks aside. */
export function migrationChecksum(migration: Migration, engine: Engine): string {
  const types = columnTypes(engine);
  const texts = [...migration.up(types), '-- down', ...migration.down(types)];
  return sha256(texts.map((text) => text.replace(/\s+/g, ' ').trim()).join(';\n'));
}

/** Names of applied migrations whose text is no longer the one that was run. */
export function findEdited(
  applied: readonly { readonly name: string; readonly checksum: string }[],
  migrations: readonly Migration[],
  engine: Engine,
): string[] {
  return applied.flatMap(({ name, checksum }) => {
    const migration = migrations.find((each) => each.name === name);
    return migration !== undefined && migrationChecksum(migration, engine) !== checksum ? [name] : [];
  });
}

async function applyMigration(
  queries: Queries,
  migration: Migration,
  engine: Engine,
  options: MigrateOptions,
): Promise<void> {
  await runStatements(queries, migration.up(columnTypes(engine)));
  await insertApplied(queries, {
    name: migration.name,
    checksum: migrationChecksum(migration, engine),
    schema: await describeSchema(queries),
    applied_at: options.clock.now(),
    program_version: options.programVersion,
  });
}

async function undoMigration(queries: Queries, migration: Migration, engine: Engine): Promise<void> {
  await runStatements(queries, migration.down(columnTypes(engine)));
  await deleteApplied(queries, migration.name);
}

function editedError(edited: readonly string[]): ReferralError {
  return new ReferralError('check_failed', 'An applied migration was edited', {
    reason: `${edited.join(', ')} is not what was run on this database`,
    hint: 'See: referral migrate verify. Put the original file back; a change needs a new migration.',
    details: { edited },
  });
}
