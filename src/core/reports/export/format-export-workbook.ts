import { createWorkbook } from '../xlsx/workbook.ts';
import type { SheetCell } from '../xlsx/workbook-parts.ts';
import type { Export } from './open-export.ts';
import type { ExportCell, ExportRow } from './table-export.ts';

/** An export as a workbook of one sheet, with more where a sheet is full. */
export async function formatExportWorkbook(name: string, { columns, rows }: Export): Promise<Uint8Array> {
  const workbook = createWorkbook();
  const sheetColumns = columns.map(({ key, type }) => ({ title: key, type }));
  const keys = columns.map(({ key }) => key);
  async function* cells(): AsyncGenerator<SheetCell[]> {
    for await (const row of rows) yield keys.map((key) => cellAt(row, key));
  }
  await workbook.addSheet(name, sheetColumns, cells());
  return workbook.finish();
}

function cellAt(row: ExportRow, key: string): SheetCell {
  const cell: ExportCell | undefined = key.startsWith('attributes.')
    ? attributeAt(row['attributes'], key.slice('attributes.'.length))
    : row[key];
  return typeof cell === 'object' ? null : cell;
}

function attributeAt(attributes: ExportCell | undefined, name: string): string | undefined {
  return typeof attributes === 'object' && attributes !== null ? attributes[name] : undefined;
}
