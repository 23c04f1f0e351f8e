import { type Expression, type SqlBool, sql } from 'kysely';
import type { Queries } from '../../database/database.ts';
import { engineOf } from '../../database/engine-of.ts';
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

/** The names of the attributes in a column, sorted by bytes. */
export async function listAttributeNames(
  queries: Queries,
  { column, table }: { readonly column: string; readonly table: string },
): Promise<string[]> {
  const attributes = sql.ref(`${table}.${column}`);
  const names =
    engineOf(queries) === 'postgres'
      ? sql<{ name: string }>`select distinct list.name collate "C" as name
          from ${sql.table(table)}, jsonb_object_keys(${attributes}) as list (name) order by 1`
      : sql<{ name: string }>`select distinct list.key as name
          from ${sql.table(table)}, json_each(${attributes}) as list order by 1`;
  const { rows } = await names.execute(queries);
  return rows.map(({ name }) => name);
}
