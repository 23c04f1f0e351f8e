import type { Expression, SqlBool } from 'kysely';
import type { Queries } from '../../database/database.ts';
import { listExportPage } from './export-queries.ts';
import type { ExportRow, TableExport } from './table-export.ts';

export interface TableSelection {
  readonly condition: Expression<SqlBool>;
  readonly contestId: number | undefined;
  readonly limit: number | undefined;
  readonly offset: number;
}

const PAGE = 5_000;

/** The rows of a table export, by key, page by page: flat in memory however many there are. */
export async function* readTable(
  queries: Queries,
  table: TableExport,
  { condition, contestId, limit, offset }: TableSelection,
): AsyncGenerator<ExportRow> {
  let left = limit ?? Number.POSITIVE_INFINITY;
  let skip = offset;
  let after = 0;
  while (left > 0) {
    const size = Math.min(PAGE, left);
    const page = await listExportPage(queries, table, {
      condition,
      contestId,
      after,
      limit: size,
      offset: skip,
    });
    for (const { row_id, ...selected } of page) {
      after = row_id;
      yield table.toRow === undefined ? (selected as ExportRow) : table.toRow(selected);
    }
    if (page.length < size) return;
    left -= page.length;
    skip = 0;
  }
}
