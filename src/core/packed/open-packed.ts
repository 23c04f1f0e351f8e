import type { Database } from '../database/database.ts';
import { streamSnapshot } from '../reports/export/stream-snapshot.ts';
import type { WritableRows } from '../reports/xlsx/workbook.ts';
import { formatPackedCsv } from './format-packed-csv.ts';
import { formatPackedJson } from './format-packed-json.ts';
import { formatPackedSheet } from './format-packed-sheet.ts';
import type { PackedField, PackedRows, PackedSelection, PackedTable } from './packed-rows.ts';
import { canPack, readPacked } from './read-packed.ts';

/** A table written in a format by one go over its bytes; each chunk is valid until the next is asked for. */
export interface PackedFormats {
  csv(options: { readonly raw: boolean }): AsyncIterable<Buffer>;
  json(): AsyncIterable<Buffer>;
  ndjson(): AsyncIterable<Buffer>;
  /** The rows of a sheet of a workbook. */
  sheet(): AsyncIterable<WritableRows>;
}

/** The formats of a table that can be written without an object for each row; undefined for a selection that can't be packed. */
export function findPackedFormats(
  database: Database,
  table: PackedTable,
  selection: Omit<PackedSelection, 'nulls'>,
  { columns, attributes }: { readonly columns: readonly string[]; readonly attributes: readonly string[] },
): PackedFormats | undefined {
  if (!canPack(database.queries, table, { ...selection, nulls: true })) return undefined;
  const read = (fields: readonly PackedField[], nulls: boolean): AsyncIterable<PackedRows> =>
    streamSnapshot(database, (snapshot) =>
      readPacked(snapshot, database.queries, { ...table, fields }, { ...selection, nulls }),
    );
  const flat = table.fields.filter(
    ({ key, kind }) => columns.includes(key) || (kind === 'attributes' && attributes.length > 0),
  );
  return {
    csv: ({ raw }) => formatPackedCsv(flat, read(flat, false), { columns, attributes, raw }),
    json: () => formatPackedJson(table.fields, read(table.fields, true), 'json'),
    ndjson: () => formatPackedJson(table.fields, read(table.fields, true), 'ndjson'),
    sheet: () => formatPackedSheet(flat, read(flat, false), { columns, attributes }),
  };
}
