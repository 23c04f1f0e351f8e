import type { Queries } from './database.ts';
import type { Migration } from './migration.ts';
import { listAppliedNames } from './migration-queries.ts';
import { MIGRATIONS } from './migrations-list.ts';

export interface MigrationStatus {
  /** Names of this program's migrations that the database has, oldest first. */
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  /** Names that the database has and this program does not know: a newer version made them. */
  readonly unknown: readonly string[];
  /** The newest applied migration, or null for an empty database. */
  readonly version: string | null;
}

/** Where the database stands among `migrations`. */
export async function findMigrationStatus(
  queries: Queries,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<MigrationStatus> {
  return compareMigrations(await listAppliedNames(queries), migrations);
}

/** What is applied, pending and unknown, from the names that the database has. */
export function compareMigrations(
  names: readonly string[],
  migrations: readonly Migration[],
): MigrationStatus {
  const known = migrations.map(({ name }) => name);
  return {
    applied: known.filter((name) => names.includes(name)),
    pending: known.filter((name) => !names.includes(name)),
    unknown: names.filter((name) => !known.includes(name)),
    version: names.at(-1) ?? null,
  };
}
