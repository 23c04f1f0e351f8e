import type { RawBuilder } from 'kysely';
import type { WhereFields } from '../../selection/where-field.ts';
import type { SheetType } from '../xlsx/workbook-parts.ts';

export type ExportCell = string | number | boolean | null | Readonly<Record<string, string>>;
export type ExportRow = Readonly<Record<string, ExportCell>>;

/** A column of an export: its key in JSON and CSV, and its type in a workbook. */
export interface ExportColumn {
  readonly key: string;
  readonly type: SheetType;
}

/** A noun whose rows come from one statement, page by page in the order of an integer key. */
export interface TableExport {
  readonly noun: string;
  readonly columns: readonly ExportColumn[];
  /** What `--where` can say. */
  readonly fields: WhereFields;
  /** After `select`: the columns, `row_id` among them. */
  readonly select: RawBuilder<unknown>;
  /** After `from`. */
  readonly from: RawBuilder<unknown>;
  /** The key that orders the rows: `d.id`. */
  readonly key: string;
  /** Does the row belong to the contest with that key? For `--contest`. */
  readonly ofContest: (contestId: number) => RawBuilder<unknown>;
  /** The column with attributes, if the noun has any: they become columns of their own. */
  readonly attributes?: { readonly column: string; readonly table: string };
  /** A row of the statement as people see it; the same when absent. */
  readonly toRow?: (selected: Readonly<Record<string, unknown>>) => ExportRow;
}
