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
const COLUMN = /(\w+) «(\w+)»( primary key)?/g;

/** The tables that these migrations make, in an order in which rows only point at tables before their own. */
export function listArchiveTables(migrations: readonly Migration[] = MIGRATIONS): ArchiveTable[] {
  return migrations.flatMap((migration) => migration.up(MARKS).flatMap(readTable));
}

function readTable(statement: string): ArchiveTable[] {
  if (/^\s*alter table\b/i.test(statement)) {
    throw new TypeError('listArchiveTables has to learn how to read a changed table');
  }
  const name = /^\s*create table (\w+)/i.exec(statement)?.[1];
  if (name === undefined) return [];
  const found = [...statement.matchAll(COLUMN)];
  const columns = found.map(([, column = '', type = '']) => ({ name: column, type: type as ColumnType }));
  const single = found.find(([, , type, primary]) => type === 'id' || primary !== undefined)?.[1];
  const several = /primary key \(([^)]+)\)/i.exec(statement)?.[1]?.split(',');
  const key = single === undefined ? (several ?? []).map((column) => column.trim()) : [single];
  if (key.length === 0) throw new TypeError(`the table ${name} has no primary key`);
  return [{ name, columns, key }];
}
