import type { ReportColumn, TableReport, Unit } from './table-report.ts';
import { formatWorkbook } from './xlsx/workbook.ts';
import type { SheetColumn, SheetType } from './xlsx/workbook-parts.ts';

const TYPES: Readonly<Record<Unit, SheetType>> = {
  name: 'text',
  figure: 'text',
  month: 'text',
  yes: 'text',
  count: 'integer',
  points: 'integer',
  share: 'rate',
  amount: 'decimal',
  moment: 'time',
};

/** A report of tables as a workbook: what it is about, and a sheet for each table. */
export async function formatTableReportWorkbook({ tables, ...head }: TableReport): Promise<Uint8Array> {
  const about = {
    name: 'Report',
    columns: [
      { title: 'name', type: 'text', width: 18 },
      { title: 'value', type: 'text', width: 32 },
    ] as const,
    rows: Object.entries(head),
  };
  const sheets = tables.map(({ key, columns, rows }) => ({
    name: key.charAt(0).toUpperCase() + key.slice(1),
    columns: columns.map(toSheetColumn),
    rows: rows.map((row) => columns.map((column) => row[column.key])),
  }));
  return formatWorkbook([about, ...sheets]);
}

function toSheetColumn({ key, unit }: ReportColumn): SheetColumn {
  const wide = unit === 'name' || unit === 'figure' || unit === 'moment';
  return { title: key, type: TYPES[unit], ...(wide && key !== 'currency' ? { width: 26 } : {}) };
}
