import { type RawBuilder, sql } from 'kysely';
import { streamCopyOut } from '../../database/copy-out.ts';
import type { Queries } from '../../database/database.ts';
import type { ArchiveColumn, ArchiveTable } from '../archive-tables.ts';
import type { KeyRange } from './row-text.ts';
import { DOCUMENT, END_CODE, NULL, REAL, START_CODE } from './splice-documents.ts';

export type ArchiveValue = string | number | null;
type Row = Readonly<Record<string, ArchiveValue>>;

const READ_AHEAD = 1_000;

export interface LinesPage {
  readonly rows: number;
  /** The key of the last row; null when there is none. */
  readonly last: number | null;
  /** JSON arrays with a line end between them; documents and doubles as `spliceDocuments` takes them. */
  readonly lines: Buffer | null;
}

/** Every row of a table in the order of its key, values in the order of its columns. */
export async function* streamRows(
  queries: Queries,
  { name, columns, key }: ArchiveTable,
): AsyncGenerator<ArchiveValue[]> {
  const names = columns.map((column) => column.name);
  const query = queries
    .selectFrom(name as never)
    .select(names as never)
    .$call((builder) => key.reduce((ordered, column) => ordered.orderBy(column as never), builder));
  for await (const row of query.stream(READ_AHEAD)) {
    yield names.map((column) => (row as Row)[column] ?? null);
  }
}

/** SQLite: rows with keys from `from` up to, not including, `to`, made into JSON by SQLite itself. */
export async function getLinesPage(
  queries: Queries,
  { name, columns, key }: ArchiveTable,
  { from, to, limit }: { readonly from: number; readonly to: number; readonly limit: number },
): Promise<LinesPage> {
  const keyColumn = sql.ref(key[0] ?? '');
  const { rows } = await sql<LinesPage>`
    select count(*) as rows, max(key) as last, cast(group_concat(line, char(10)) as blob) as lines
    from (select ${keyColumn} as key, ${lineOf(columns)} as line from ${sql.table(name)}
      where ${keyColumn} >= ${from} and ${keyColumn} < ${to} order by ${keyColumn} limit ${sql.lit(limit)})`.execute(
    queries,
  );
  return rows[0] ?? { rows: 0, last: null, lines: null };
}

/** SQLite: the lowest key from `from` on, or undefined. */
export async function findNextKey(
  queries: Queries,
  { name, key }: ArchiveTable,
  from: number,
): Promise<number | undefined> {
  const column = sql.ref(key[0] ?? '');
  const { rows } = await sql<{ key: number | null }>`
    select min(${column}) as key from ${sql.table(name)} where ${column} >= ${from}`.execute(queries);
  return rows[0]?.key ?? undefined;
}

/** PostgreSQL: every row, or those of a range, in the order of its key, as COPY sends it in binary. */
export function streamBinaryRows(
  snapshot: Queries,
  others: Queries,
  { name, columns, key }: ArchiveTable,
  range?: KeyRange,
): AsyncGenerator<Buffer> {
  const names = columns.map((column) => sql.ref(column.name));
  const first = sql.ref(key[0] ?? '');
  const inRange =
    range === undefined
      ? sql`true`
      : sql`${first} >= ${sql.lit(range.from)} and ${first} < ${sql.lit(range.to)}`;
  const query = sql`select ${sql.join(names)} from ${sql.table(name)} where ${inRange}
    order by ${sql.join(key.map((column) => sql.ref(column)))}`;
  return streamCopyOut(snapshot, others, query.compile(snapshot).sql);
}

function lineOf(columns: readonly ArchiveColumn[]): RawBuilder<string> {
  const reals = columns.filter(({ type }) => type === 'real');
  const parts = partsOf(columns);
  if (parts.length === 1) return sql`${parts[0]}`;
  const line = sql<string>`concat(${sql.join(parts)})`;
  if (columns.some(({ type }) => type === 'json')) return line;
  // Where all doubles are null, as is usual, nothing has to be put in its place afterwards.
  const isPlain = sql.join(
    reals.map(({ name }) => sql`${sql.ref(name)} is null`),
    sql` and `,
  );
  return sql`case when ${isPlain} then ${arrayOf(columns)} else ${line} end`;
}

function partsOf(columns: readonly ArchiveColumn[]): RawBuilder<unknown>[] {
  const parts: RawBuilder<unknown>[] = [];
  let plain: ArchiveColumn[] = [];
  for (const column of columns) {
    if (column.type !== 'json' && column.type !== 'real') {
      plain.push(column);
      continue;
    }
    if (plain.length > 0) parts.push(arrayOf(plain));
    plain = [];
    parts.push(character(START_CODE), markedValue(column), character(END_CODE));
  }
  if (plain.length > 0) parts.push(arrayOf(plain));
  return parts;
}

function arrayOf(columns: readonly ArchiveColumn[]): RawBuilder<string> {
  return sql`json_array(${sql.join(columns.map(({ name }) => sql.ref(name)))})`;
}

function markedValue({ name, type }: ArchiveColumn): RawBuilder<string> {
  const column = sql.ref(name);
  const value =
    type === 'real'
      ? sql`${sql.lit(REAL)} || format('%!.17g', ${column})`
      : sql`${sql.lit(DOCUMENT)} || ${column}`;
  return sql`iif(${column} is null, ${sql.lit(NULL)}, ${value})`;
}

function character(code: number): RawBuilder<string> {
  return sql`char(${sql.lit(code)})`;
}

/** PostgreSQL: what another connection needs to see what this transaction does. */
export async function exportSnapshot(snapshot: Queries): Promise<string> {
  const { rows } = await sql<{ id: string }>`select pg_export_snapshot() as id`.execute(snapshot);
  return rows[0]?.id ?? '';
}

/** PostgreSQL: makes a transaction that has done nothing yet see what that one does. */
export async function adoptSnapshot(transaction: Queries, id: string): Promise<void> {
  await sql`set transaction snapshot ${sql.lit(id)}`.execute(transaction);
}

/** SQLite: a number that changes when another connection commits. */
export async function findDataVersion(queries: Queries): Promise<number> {
  const { rows } = await sql<{ data_version: number }>`pragma data_version`.execute(queries);
  return rows[0]?.data_version ?? 0;
}

/** SQLite: keeps next to no pages in memory, for rows that are read once and in their order. */
export async function readOnce(queries: Queries): Promise<void> {
  await sql`pragma cache_size = -512`.execute(queries);
}
