import { type Expression, type SqlBool, sql } from 'kysely';
import type { Queries } from '../../database/database.ts';
import type { TableExport } from './table-export.ts';

export interface ExportPage {
  readonly condition: Expression<SqlBool>;
  readonly contestId: number | undefined;
  /** The key of the last row of the page before; 0 for the first. */
  readonly after: number;
  readonly limit: number;
  readonly offset: number;
}

/** One page of an export, after the row with the key `after`. */
export async function listExportPage(
  queries: Queries,
  { select, from, key, ofContest }: TableExport,
  { condition, contestId, after, limit, offset }: ExportPage,
): Promise<readonly (Readonly<Record<string, unknown>> & { readonly row_id: number })[]> {
  const inContest = contestId === undefined ? sql`1 = 1` : ofContest(contestId);
  const { rows } = await sql<Readonly<Record<string, unknown>> & { readonly row_id: number }>`
    select ${select} from ${from}
    where ${sql.ref(key)} > ${after} and ${inContest} and ${condition}
    order by ${sql.ref(key)} limit ${limit} offset ${offset}`.execute(queries);
  return rows;
}
