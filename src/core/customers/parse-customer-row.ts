import type { CsvRecord } from '../csv/csv-file.ts';
import { type ColumnMapping, isRejectsHeader } from '../csv/map-columns.ts';
import { parseAddress } from './address-key.ts';
import type { CustomerChange, CustomerData } from './customer.ts';
import {
  type CellContext,
  createCellContext,
  type ParsedField,
  parseCell,
  RowProblem,
  type ValueOptions,
} from './parse-customer-cell.ts';
import { splitName } from './split-name.ts';

export interface RowOptions extends ValueOptions {
  /** Further spellings of nothing, beside the usual ones. */
  readonly nothing?: readonly string[] | undefined;
}

export interface RowReject {
  readonly column: string | undefined;
  readonly reason: string;
}

export type CustomerRowReader = (record: CsvRecord) => { change: CustomerChange } | { reject: RowReject };

interface Cell {
  readonly index: number;
  readonly column: string;
  readonly field: ParsedField;
  readonly context: CellContext;
}

interface AttributeCell {
  readonly index: number;
  readonly column: string;
  readonly name: string;
}

interface Numbering {
  readonly field: ParsedField;
  readonly isRejects: boolean;
}

/** A reader of the rows of one file: knows its columns, and from the first rows how dates and decimals are written in each. */
export function createCustomerRowReader(
  header: readonly string[],
  mapping: ColumnMapping,
  sample: readonly CsvRecord[],
  options: RowOptions,
): CustomerRowReader {
  const cells: Cell[] = [];
  const attributes: AttributeCell[] = [];
  for (const [index, target] of mapping.targets.entries()) {
    const column = header[index] ?? '';
    if (target.kind === 'attribute') attributes.push({ index, column, name: attributeName(target.name) });
    if (target.kind !== 'field') continue;
    const field = target.name as ParsedField;
    const values = sample.map((record) => record.cells[index] ?? '');
    cells.push({ index, column, field, context: createCellContext(field, column, values, options) });
  }
  const numbering: Numbering | undefined =
    mapping.lineField === undefined
      ? undefined
      : { field: mapping.lineField as ParsedField, isRejects: isRejectsHeader(header) };
  attributes.sort((a, b) => (a.name < b.name ? -1 : 1));
  const { nothing = [] } = options;
  const empty = nothing.length === 0 ? undefined : new Set(nothing.map((text) => text.trim()));
  return (given) => {
    const record = empty === undefined ? given : withoutNothing(given, empty);
    if (record.problem !== undefined) return { reject: { column: undefined, reason: record.problem } };
    try {
      return { change: readRow(record, cells, attributes, numbering) };
    } catch (error) {
      if (error instanceof RowProblem) return { reject: { column: error.column, reason: error.message } };
      throw error;
    }
  };
}

function withoutNothing(record: CsvRecord, empty: ReadonlySet<string>): CsvRecord {
  return { ...record, cells: record.cells.map((cell) => (empty.has(cell.trim()) ? '' : cell)) };
}

function readRow(
  record: CsvRecord,
  cells: readonly Cell[],
  attributeCells: readonly AttributeCell[],
  numbering: Numbering | undefined,
): CustomerChange {
  const values: Partial<Record<ParsedField, string | number | null>> = {};
  for (const { index, column, field, context } of cells) {
    values[field] = parseCell(field, record.cells[index] ?? '', column, context);
  }
  if (numbering !== undefined) {
    const { field, isRejects } = numbering;
    // A mended rejects file says on which line of the first file its rows were.
    const line = isRejects ? (record.cells[0] ?? '') : String(record.line);
    values[field] = parseCell(field, line, '#', undefined);
  }
  const attributes: Record<string, string | null> = {};
  for (const { index, column, name } of attributeCells) {
    attributes[name] = parseCell('attribute', record.cells[index] ?? '', column, undefined) as string | null;
  }
  const { customer_id, email, consent, ...fields } = values;
  const address = parseAddress(String(email));
  const named = withSplitName(fields as Partial<CustomerData>);
  return {
    customer_id: String(customer_id),
    fields: { ...named, email: address?.email ?? null, address_key: address?.address_key ?? null },
    consent: (consent ?? undefined) as CustomerData['consent'] | undefined,
    attributes,
  };
}

/** A file with full names only gets first and last names from them. */
function withSplitName(fields: Partial<CustomerData>): Partial<CustomerData> {
  if (typeof fields.name !== 'string' || 'first_name' in fields || 'last_name' in fields) return fields;
  return { ...fields, ...splitName(fields.name) };
}

/** Column names become attribute names as they are, without quotes, which a path into JSON can't hold. */
function attributeName(column: string): string {
  return column.replaceAll('"', "'");
}
