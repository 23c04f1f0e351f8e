import type { ColumnTypes, Migration } from '../database/migration.ts';
import { MIGRATIONS } from '../database/migrations-list.ts';

export type ColumnType = 'id' | 'text' | 'time' | 'integer' | 'real' | 'flag' | 'json';

export interface ArchiveColumn {
  readonly name: string;
  readonly type: ColumnType;
}

export interface ArchiveTable {
  readonly name: string;
  /** In the order of the table's definition. */
  readonly columns: readonly ArchiveColumn[];
  /** The primary key: rows are written in its order. */
  readonly key: readonly string[];
}

// The migrations are written once for both engines over these marks, so the marks are the types of the columns.
const MARKS: ColumnTypes = {
  engine: 'sqlite',
  id: '«id»',
  text: '«text»',
  time: '«time»',
  integer: '«integer»',
  real: '«real»',
  flag: '«flag»',
  json: '«json»',
  end: ')',
};
/** What reports keep of other tables: made again from those, and so in no archive. */
export const DERIVED_TABLES: readonly string[] = ['report_changes', 'report_kept', 'report_mails'];

const COLUMN = /(\w+) «(\w+)»( primary key)?/g;
const ADDED_COLUMN = /^\s*alter table (\w+) add column (\w+) «(\w+)»/i;

/** The tables that these migrations make, in an order in which rows only point at tables before their own. */
export function listArchiveTables(migrations: readonly Migration[] = MIGRATIONS): ArchiveTable[] {
  const tables = new Map<string, ArchiveTable>();
  for (const statement of migrations.flatMap((migration) => migration.up(MARKS))) {
    const table = readAddedColumn(statement, tables) ?? readTable(statement);
    if (table !== undefined) tables.set(table.name, table);
  }
  return [...tables.values()];
}

/** The table as `alter table … add column` leaves it; the new column is the last one on both engines. */
function readAddedColumn(
  statement: string,
  tables: ReadonlyMap<string, ArchiveTable>,
): ArchiveTable | undefined {
  if (!/^\s*(alter|drop) table\b/i.test(statement)) return undefined;
  const [, name = '', column = '', type = ''] = ADDED_COLUMN.exec(statement) ?? [];
  const table = tables.get(name);
  if (table === undefined) throw new TypeError(`listArchiveTables has to learn how to read: ${statement}`);
  return { ...table, columns: [...table.columns, { name: column, type: type as ColumnType }] };
}

function readTable(statement: string): ArchiveTable | undefined {
  const name = /^\s*create table (\w+)/i.exec(statement)?.[1];
  if (name === undefined || DERIVED_TABLES.includes(name)) return undefined;
  const found = [...statement.matchAll(COLUMN)];
  const columns = found.map(([, column = '', type = '']) => ({ name: column, type: type as ColumnType }));
  const single = found.find(([, , type, primary]) => type === 'id' || primary !== undefined)?.[1];
  const several = /primary key \(([^)]+)\)/i.exec(statement)?.[1]?.split(',');
  const key = single === undefined ? (several ?? []).map((column) => column.trim()) : [single];
  if (key.length === 0) throw new TypeError(`the table ${name} has no primary key`);
  return { name, columns, key };
}
