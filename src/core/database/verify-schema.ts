import type { Database } from './database.ts';
import { compareSchemas, describeSchema, type SchemaDescription } from './describe-schema.ts';
import { findEdited } from './migrate-database.ts';
import type { Migration } from './migration.ts';
import { listApplied } from './migration-queries.ts';
import { compareMigrations, type MigrationStatus } from './migration-status.ts';
import { MIGRATIONS } from './migrations-list.ts';

export interface SchemaVerification extends MigrationStatus {
  /** Applied migrations whose text is no longer the one that was run. */
  readonly edited: readonly string[];
  /** What differs from the schema that the last migration left: `index codes_by_contest is missing`. */
  readonly drift: readonly string[];
}

/** Compares the applied migrations with this program's, and the schema with the one that they left. Reads only. */
export async function verifySchema(
  database: Database,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<SchemaVerification> {
  return database.snapshot(async (transaction) => {
    const applied = await listApplied(transaction);
    const status = compareMigrations(
      applied.map(({ name }) => name),
      migrations,
    );
    const last = applied.at(-1);
    const expected: SchemaDescription =
      last === undefined ? {} : (JSON.parse(last.schema_description) as SchemaDescription);
    return {
      ...status,
      edited: findEdited(applied, migrations, database.engine),
      drift: last === undefined ? [] : compareSchemas(expected, await describeSchema(transaction)),
    };
  });
}
