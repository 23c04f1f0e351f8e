import { type Expression, type RawBuilder, sql } from 'kysely';
import type { Queries } from './database.ts';
import { parseInteger, parseTimestamp } from './postgres-types.ts';
import { type CompilableQuery, prepareQuery } from './prepare-query.ts';

/** What the texts of a column are turned into. */
export type JoinedKind = 'integer' | 'text' | 'time';

interface JoinedPage {
  readonly rows: number;
  readonly nulls: number;
  readonly text: string | null;
}

// Separators of ASCII, which no text of ours should hold.
const [NULL_CELL, ROW_END, CELL_END] = ['\u001d', '\u001e', '\u001f'];

/**
 * PostgreSQL only: as `prepareQuery`, for pages of rows, which the server joins into one text. pg makes a JavaScript value of each cell by a call
 * of its own, which for rows of many columns takes longer than everything else together. `kinds` are those of all columns that `build`
 * selects, in any order; the rows are in the order of the column `key`. A page whose texts hold the separators themselves is asked for again
 * in the usual way.
 */
export function prepareJoinedQuery<Value, Row extends object>(
  queries: Queries,
  { kinds, key }: { readonly kinds: ReadonlyMap<string, JoinedKind>; readonly key: string },
  build: (value: RawBuilder<Value>) => CompilableQuery<Row> & Expression<unknown>,
): (value: Value) => Promise<readonly Row[]> {
  const names = [...kinds.keys()];
  const columns = names.map((name) => sql.ref(`page.${name}`));
  const cells = columns.map((column) => sql`coalesce(${column}::text, chr(29))`);
  const readJoined = prepareQuery(
    queries,
    (value: RawBuilder<Value>) =>
      sql<JoinedPage>`select count(*) as rows, coalesce(sum(num_nulls(${sql.join(columns)})), 0) as nulls,
        string_agg(concat_ws(chr(31), ${sql.join(cells)}), chr(30) order by ${sql.ref(`page.${key}`)}) as text
        from ${build(value)} as page`,
  );
  const readRows = prepareQuery(queries, build);
  return async (value) => {
    const [page] = await readJoined(value);
    return (page === undefined ? undefined : splitPage<Row>(page, kinds)) ?? readRows(value);
  };
}

/** Undefined where a text holds a separator, so that there are more cells, rows or nulls than the server counted. */
function splitPage<Row extends object>(
  { rows, nulls, text }: JoinedPage,
  kinds: ReadonlyMap<string, JoinedKind>,
): readonly Row[] | undefined {
  if (text === null) return [];
  const lines = text.split(ROW_END);
  if (lines.length !== rows) return undefined;
  const readers = [...kinds].map(([name, kind]) => ({ name, read: READERS[kind] }));
  const split: Row[] = [];
  let found = 0;
  for (const line of lines) {
    const cells = line.split(CELL_END);
    if (cells.length !== readers.length) return undefined;
    const row: Record<string, unknown> = {};
    for (let index = 0; index < cells.length; index += 1) {
      const cell = cells[index] as string;
      const { name, read } = readers[index] as (typeof readers)[number];
      if (cell === NULL_CELL) found += 1;
      row[name] = cell === NULL_CELL ? null : read(cell);
    }
    split.push(row as Row);
  }
  return found === nulls ? split : undefined;
}

const READERS: Readonly<Record<JoinedKind, (text: string) => unknown>> = {
  integer: parseInteger,
  text: (text) => text,
  time: parseTimestamp,
};
