import type { CsvRecord } from '../csv/csv-file.ts';
import type { ColumnMapping } from '../csv/map-columns.ts';
import type { Consent } from '../database/tables.ts';
import type { Address } from './address-key.ts';
import { attributeName, type ImportLayout, type LayoutValue } from './import-layout.ts';
import {
  type CellContext,
  createCellContext,
  isDateField,
  type ParsedField,
  parseAddressCell,
  parseCell,
  type ValueOptions,
} from './parse-customer-cell.ts';
import { type CellMemory, createCellMemory, recall } from './remember-cells.ts';
import { type RowForm, spellValue } from './row-form.ts';
import { splitName } from './split-name.ts';

export interface RowOptions extends ValueOptions {
  /** Further spellings of nothing, beside the usual ones. */
  readonly nothing?: readonly string[] | undefined;
  /** What everyone has said whose row says nothing about consent; `unknown` when absent. */
  readonly consent?: Consent | undefined;
}

/** The columns of a file, and its first rows. */
export interface RowSource {
  readonly header: readonly string[];
  readonly mapping: ColumnMapping;
  readonly sample: readonly CsvRecord[];
}

/** A row of one file in the making. */
export interface Writing {
  readonly layout: ImportLayout;
  readonly form: RowForm;
  readonly options: RowOptions;
  /** A value for each column of the layout; behind them a member of the object of attributes for each name, escaped, or nothing. */
  readonly places: string[];
  /** How each column is read, as far as its first rows decide it. */
  readonly contexts: CellContext[];
  /** The address of the row last read. */
  address: Address | undefined;
}

/** What becomes of the cell of one column. */
export interface CellStep {
  /** Where in a row of the file. */
  readonly index: number;
  /** The places that it fills. */
  readonly places: readonly number[];
  readonly taker: Taker;
}

/** Reads a cell into its places in the row, or into one place by way of a memory. Throws `RowProblem`. */
export type Taker =
  | { readonly kind: 'id' | 'address' | 'text'; take(cell: string): void }
  | { readonly kind: 'repeated'; readonly memory: CellMemory };

/** The steps that a row of the file takes, in the order of its cells. */
export function listSteps({ header, mapping, sample }: RowSource, writing: Writing): CellStep[] {
  const steps: CellStep[] = [];
  for (const [index, target] of mapping.targets.entries()) {
    const column = header[index] ?? '';
    if (target.kind === 'attribute') steps.push(attributeStep(index, column, target.name, writing));
    if (target.kind !== 'field') continue;
    const values = sample.map((record) => record.cells[index] ?? '');
    steps.push(fieldStep(index, target.name as ParsedField, column, values, writing));
  }
  return steps;
}

/** The step of a column that is a field; `values` are its first ones. */
export function fieldStep(
  index: number,
  field: ParsedField,
  column: string,
  values: readonly string[],
  writing: Writing,
): CellStep {
  const { form, layout, options, places } = writing;
  if (field === 'email') return addressStep(index, column, writing);
  const context = createCellContext(field, column, values, options);
  writing.contexts.push(context);
  const read = (cell: string) => parseCell(field, cell, column, context);
  if (field === 'name' && layout.derivesNames) return nameStep(index, read, writing);
  const place = layout.columns.indexOf(field);
  const spelt = isDateField(field)
    ? (cell: string) => spellTime(form, read(cell))
    : (cell: string) => spellValue(form, read(cell));
  if (field !== 'customer_id' && field !== 'phone')
    return { index, places: [place], taker: { kind: 'repeated', memory: createCellMemory(spelt) } };
  const kind = field === 'customer_id' ? 'id' : 'text';
  const take = (cell: string) => {
    places[place] = spelt(cell);
  };
  return { index, places: [place], taker: { kind, take } };
}

function spellTime(form: RowForm, value: LayoutValue): string {
  return value === null ? form.nothing : form.time(String(value));
}

function addressStep(index: number, column: string, writing: Writing): CellStep {
  const { form, layout, places } = writing;
  const place = layout.columns.indexOf('email');
  const keyPlace = layout.columns.indexOf('address_key');
  const take = (cell: string) => {
    const address = parseAddressCell(cell, column);
    const { email, address_key } = address;
    const spelt = spellValue(form, email);
    places[place] = spelt;
    places[keyPlace] = email === address_key ? spelt : spellValue(form, address_key);
    writing.address = address;
  };
  return { index, places: [place, keyPlace], taker: { kind: 'address', take } };
}

/** A file with full names only gets first and last names from them. */
function nameStep(
  index: number,
  read: (cell: string) => LayoutValue,
  { form, layout, places }: Writing,
): CellStep {
  const [place, first, last] = [
    layout.columns.indexOf('name'),
    layout.columns.indexOf('first_name'),
    layout.columns.indexOf('last_name'),
  ];
  const take = (cell: string) => {
    const name = read(cell);
    const { first_name, last_name } =
      typeof name === 'string' ? splitName(name) : { first_name: null, last_name: null };
    places[place] = spellValue(form, name);
    places[first] = spellValue(form, first_name);
    places[last] = spellValue(form, last_name);
  };
  return { index, places: [place, first, last], taker: { kind: 'text', take } };
}

function attributeStep(
  index: number,
  column: string,
  targetName: string,
  { form, layout }: Writing,
): CellStep {
  const name = attributeName(targetName);
  const memory = createCellMemory((cell) => attributePiece(form, name, cell, column));
  const place = layout.columns.length + layout.attributes.indexOf(name);
  return { index, places: [place], taker: { kind: 'repeated', memory } };
}

/** A member of the canonical JSON (RFC 8785) of attributes; nothing where there is no value. */
function attributePiece(form: RowForm, name: string, cell: string, column: string): string {
  const value = parseCell('attribute', cell, column, undefined);
  return value === null ? '' : form.escape(`${JSON.stringify(name)}:${JSON.stringify(value)}`);
}

/** Reads a cell into the places of its step. Throws `RowProblem`. */
export function takeCell({ taker, places: [place = 0] }: CellStep, cell: string, { places }: Writing): void {
  if (taker.kind === 'repeated') places[place] = recall(taker.memory, cell);
  else taker.take(cell);
}
