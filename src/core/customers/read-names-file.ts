import type { Readable } from 'node:stream';
import type { CsvOptions } from '../csv/csv-file.ts';
import { headerKey } from '../csv/map-columns.ts';
import { openCsv } from '../csv/open-csv.ts';
import { createNothingCheck, isNothing } from '../csv/parse-values.ts';
import { customerImportFields } from './customer-import-fields.ts';

/** Somebody whom a file names. */
export interface ListedName {
  /** A `customer_id`, an address or an unsubscribe link. */
  readonly name: string;
  /** What the same row has as address, where `name` is its `customer_id`. */
  readonly address?: string;
}

/** Rows that are read at once. */
const BATCH = 500;

/**
 * The names in a file, batch after batch: the column `customer_id` or `email` of a CSV, whatever language its header is in, else the first column of a
 * plain list that has no header. Cells that say nothing, by the usual spellings or by `nothing`, are left out. Throws `input_unusable`.
 */
export async function* readNamesFile(
  input: Readable,
  { nothing, ...reading }: CsvOptions & { readonly nothing?: readonly string[] | undefined } = {},
): AsyncGenerator<readonly ListedName[]> {
  const csv = await openCsv(input, { batchSize: BATCH, ...reading });
  const isNothingHere = createNothingCheck(nothing);
  const [id, email] = ['customer_id', 'email'].map((field) => findColumn(csv.header, field));
  const column = id ?? email ?? 0;
  const readRow = (cells: readonly string[]): readonly ListedName[] => {
    const said = (index: number): string => {
      const cell = (cells[index] ?? '').trim();
      return isNothing(cell) || isNothingHere(cell) ? '' : cell;
    };
    const name = said(column);
    const address = id === undefined || email === undefined ? '' : said(email);
    return name === '' && address === '' ? [] : [{ name: name || address, ...(address && { address }) }];
  };
  if (id === undefined && email === undefined) yield readRow(csv.header);
  for await (const batch of csv.batches) yield batch.flatMap(({ cells }) => readRow(cells));
}

function findColumn(header: readonly string[], field: string): number | undefined {
  const found = customerImportFields.find(({ name }) => name === field);
  const keys = new Set([field, ...(found?.spellings ?? [])].map(headerKey));
  const index = header.findIndex((name) => keys.has(headerKey(name)));
  return index === -1 ? undefined : index;
}
