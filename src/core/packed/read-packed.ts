import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { packTexts } from './pack-texts.ts';
import { findCopyPlan, getSqlitePage, listSqliteRows, streamCopy } from './packed-queries.ts';
import type { PackedRows, PackedSelection, PackedTable } from './packed-rows.ts';
import { createCopySplitter } from './split-copy-binary.ts';
import { splitSqlitePage } from './split-sqlite-page.ts';

const PAGE = 2_000;

/** Can the selection be packed? PostgreSQL sends packed rows by `COPY`, which not every parameter can be told. */
export function canPack(queries: Queries, table: PackedTable, selection: PackedSelection): boolean {
  return engineOf(queries) === 'sqlite' || findCopyPlan(queries, table, selection) !== undefined;
}

/**
 * Rows of a table by their key, packed, in flat memory. `snapshot` is a transaction; `others`, any other connection to the same
 * database, stops the server when nobody wants the rest. Only for what `canPack`.
 */
export function readPacked(
  snapshot: Queries,
  others: Queries,
  table: PackedTable,
  selection: PackedSelection,
): AsyncGenerator<PackedRows> {
  if (engineOf(snapshot) === 'sqlite') return readPages(snapshot, table, selection);
  const plan = findCopyPlan(snapshot, table, selection);
  if (plan === undefined) throw new TypeError('this selection has parameters that COPY can not be told');
  return readCopy(streamCopy(snapshot, others, plan), table);
}

async function* readPages(
  queries: Queries,
  table: PackedTable,
  selection: PackedSelection,
): AsyncGenerator<PackedRows> {
  let left = selection.limit ?? Number.POSITIVE_INFINITY;
  let { offset } = selection;
  let after: string | number | undefined;
  let places: Int32Array = new Int32Array(0);
  while (left > 0) {
    const limit = Math.min(PAGE, left);
    const page = { ...selection, limit, offset, after };
    const { rows, last, packed } = await getSqlitePage(queries, table, page);
    if (packed !== null) {
      const split = splitSqlitePage(packed, rows, table.fields.length, places);
      if (split !== undefined) places = split.places;
      yield split ?? packTexts(table.fields, await listSqliteRows(queries, table, page));
    }
    if (rows < limit || last === null) return;
    left -= rows;
    offset = 0;
    after = last;
  }
}

async function* readCopy(chunks: AsyncIterable<Buffer>, { fields }: PackedTable): AsyncGenerator<PackedRows> {
  const splitter = createCopySplitter(fields);
  for await (const chunk of chunks) yield splitter.split(chunk);
}
