import { DERIVED_TABLES, listArchiveTables } from './archive-tables.ts';

/** Every table of this program: those of an archive, and the migrator's own. */
export const OWN_TABLES: readonly string[] = [
  ...listArchiveTables().map(({ name }) => name),
  ...DERIVED_TABLES,
  'schema_migrations',
];
