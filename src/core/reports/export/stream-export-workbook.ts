import { streamWorkbook } from '../xlsx/workbook.ts';
import type { SheetCell } from '../xlsx/workbook-parts.ts';
import type { Export } from './open-export.ts';
import type { ExportCell, ExportRow } from './table-export.ts';

/** An export as a workbook of one sheet, with more where a sheet is full; in chunks, in flat memory. */
export function streamExportWorkbook(
  name: string,
  { columns, rows, formats }: Export,
): AsyncGenerator<Uint8Array> {
  const sheetColumns = columns.map(({ key, type }) => ({ title: key, type }));
  const keys = columns.map(({ key }) => key);
  async function* cells(): AsyncGenerator<SheetCell[]> {
    for await (const row of rows) yield keys.map((key) => cellAt(row, key));
  }
  return streamWorkbook([{ name, columns: sheetColumns, rows: formats?.sheet() ?? cells() }]);
}

function cellAt(row: ExportRow, key: string): SheetCell {
  const cell: ExportCell | undefined = key.startsWith('attributes.')
    ? attributeAt(row['attributes'], key.slice('attributes.'.length))
    : row[key];
  return typeof cell === 'object' ? null : cell;
}

function attributeAt(attributes: ExportCell | undefined, name: string): string | undefined {
  return typeof attributes === 'object' && attributes !== null && Object.hasOwn(attributes, name)
    ? attributes[name]
    : undefined;
}
