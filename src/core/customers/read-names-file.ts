import type { Readable } from 'node:stream';
import type { CsvOptions } from '../csv/csv-file.ts';
import { headerKey } from '../csv/map-columns.ts';
import { openCsv } from '../csv/open-csv.ts';
import { createNothingCheck, isNothing } from '../csv/parse-values.ts';
import { customerImportFields } from './customer-import-fields.ts';

/**
 * The names in a file: the column `customer_id` or `email` of a CSV, whatever language its header is in, else the first column of a
 * plain list that has no header. Cells that say nothing, by the usual spellings or by `nothing`, are left out. Throws `input_unusable`.
 */
export async function readNamesFile(
  input: Readable,
  { nothing, ...reading }: CsvOptions & { readonly nothing?: readonly string[] | undefined } = {},
): Promise<string[]> {
  const csv = await openCsv(input, reading);
  const isNothingHere = createNothingCheck(nothing);
  const known = findNamesColumn(csv.header);
  const column = known ?? 0;
  const names: string[] = known === undefined ? [csv.header[0] ?? ''] : [];
  for await (const batch of csv.batches) {
    for (const record of batch) names.push((record.cells[column] ?? '').trim());
  }
  return names.filter((name) => !isNothing(name) && !isNothingHere(name));
}

function findNamesColumn(header: readonly string[]): number | undefined {
  for (const field of customerImportFields) {
    if (field.required !== true) continue;
    const keys = new Set([field.name, ...field.spellings].map(headerKey));
    const index = header.findIndex((name) => keys.has(headerKey(name)));
    if (index !== -1) return index;
  }
  return undefined;
}
