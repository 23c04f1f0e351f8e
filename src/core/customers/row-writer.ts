import type { CsvRecord } from '../csv/csv-file.ts';
import { type ColumnMapping, isRejectsHeader } from '../csv/map-columns.ts';
import { createNothingCheck } from '../csv/parse-values.ts';
import type { Consent } from '../database/tables.ts';
import { type AddressCounts, createAddressCounter } from './address-counter.ts';
import type { Address } from './address-key.ts';
import {
  attributeName,
  type ImportLayout,
  type LayoutColumn,
  type LayoutValue,
  layoutOf,
} from './import-layout.ts';
import {
  type CellContext,
  createCellContext,
  type ParsedField,
  parseAddressCell,
  parseCell,
  RowProblem,
  type ValueOptions,
} from './parse-customer-cell.ts';
import { type CellMemory, createCellMemory, recall } from './remember-cells.ts';
import { type RowForm, spellValue } from './row-form.ts';
import type { RowHashes } from './row-hash.ts';
import { splitName } from './split-name.ts';

export interface RowOptions extends ValueOptions {
  /** Further spellings of nothing, beside the usual ones. */
  readonly nothing?: readonly string[] | undefined;
  /** What everyone has said whose row says nothing about consent; `unknown` when absent. */
  readonly consent?: Consent | undefined;
}

export interface RowReject {
  /** The column at fault, when it is one. */
  readonly column: string | undefined;
  readonly reason: string;
}

/** The columns of a file, and its first rows. */
export interface RowSource {
  readonly header: readonly string[];
  readonly mapping: ColumnMapping;
  readonly sample: readonly CsvRecord[];
}

export interface RowWriter {
  readonly layout: ImportLayout;
  /** A row of the file in its layout and form, or why it is refused. */
  write(record: CsvRecord): string | RowReject;
  /** The customer's id in the row last written, spelt as the form does. */
  lastId(): string;
  hash(record: CsvRecord): HashedRow;
  /** Counts the address in a cell of a row that is not written. */
  noteAddress(cell: string): void;
  addresses(): AddressCounts;
}

/** The customer's id in a row and the row's hash, spelt as the form does; twice nothing where it has no such id. */
export interface HashedRow {
  readonly id: string;
  readonly hash: string;
}

/** What becomes of the cell of one column. */
interface CellStep {
  readonly index: number;
  readonly taker: Taker;
}

/** Reads a cell into its places in the row, or into one place by way of a memory. Throws `RowProblem`. */
type Taker =
  | { readonly memory: undefined; take(cell: string): void }
  | { readonly memory: CellMemory; readonly places: string[]; readonly place: number };

/**
 * Turns the rows of one file into text for the database. All that can be known before the first row is decided here: what each column is, how
 * it writes dates and amounts, and where in the layout it belongs.
 */
export function createRowWriter(
  source: RowSource,
  form: RowForm,
  options: RowOptions,
  hashes: RowHashes,
): RowWriter {
  const { header, mapping } = source;
  const layout = layoutOf(mapping);
  const slots: string[] = layout.columns.map(() => form.nothing);
  const pieces: string[] = layout.attributes.map(() => '');
  const addresses = createAddressCounter();
  const writing: Writing = { layout, form, options, slots, pieces, contexts: [], address: undefined };
  const steps = listSteps(source, writing);
  const lineTaker =
    mapping.lineField === undefined
      ? undefined
      : fieldTaker(mapping.lineField as ParsedField, '#', [], writing);
  const isRejects = isRejectsHeader(header);
  const isNothing = createNothingCheck(options.nothing);
  const finish = createFinish(writing);
  const hashRow = hashes(readingOf(source, writing));
  const hashSlot = layout.columns.indexOf('row_hash');
  const idStep = steps.find(({ index }) => index === mapping.indexOf('customer_id'));
  const noRow: HashedRow = { id: form.nothing, hash: form.nothing };

  function take(record: CsvRecord): void {
    for (const step of steps) takeStep(step, record);
    if (lineTaker !== undefined) takeCell(lineTaker, lineOf(record));
  }

  function takeStep({ index, taker }: CellStep, { cells }: CsvRecord): void {
    const cell = cells[index] ?? '';
    takeCell(taker, isNothing(cell) ? '' : cell);
  }

  // A mended rejects file says on which line of the first file its rows were.
  function lineOf({ cells, line }: CsvRecord): string {
    return isRejects ? (cells[0] ?? '') : String(line);
  }

  function spellHash(record: CsvRecord): string {
    return form.number(hashRow(lineTaker === undefined ? record.raw : `${lineOf(record)} ${record.raw}`));
  }

  function write(record: CsvRecord): string | RowReject {
    if (record.problem !== undefined) return { column: undefined, reason: record.problem };
    try {
      take(record);
    } catch (error) {
      if (error instanceof RowProblem) return { column: error.column, reason: error.message };
      throw error;
    }
    if (writing.address !== undefined) addresses.note(writing.address);
    slots[hashSlot] = spellHash(record);
    return finish();
  }

  function hash(record: CsvRecord): HashedRow {
    if (record.problem !== undefined) return noRow;
    try {
      if (idStep === undefined) takeCell(lineTaker as Taker, lineOf(record));
      else takeStep(idStep, record);
    } catch (error) {
      if (error instanceof RowProblem) return noRow;
      throw error;
    }
    return { id: slots[0] ?? '', hash: spellHash(record) };
  }

  return {
    ...{ layout, write, lastId: () => slots[0] ?? '', hash, addresses: addresses.counts },
    noteAddress: (cell) => addresses.note(parseAddressCell(isNothing(cell) ? '' : cell, '')),
  };
}

function takeCell(taker: Taker, cell: string): void {
  if (taker.memory === undefined) taker.take(cell);
  else taker.places[taker.place] = recall(taker.memory, cell);
}

interface Writing {
  readonly layout: ImportLayout;
  readonly form: RowForm;
  readonly options: RowOptions;
  /** A value for each column of the layout. */
  readonly slots: string[];
  /** A member of the object of attributes for each name, escaped, or nothing. */
  readonly pieces: string[];
  /** How each column is read, as far as its first rows decide it. */
  readonly contexts: CellContext[];
  /** The address of the row last read. */
  address: Address | undefined;
}

/** Everything that decides what becomes of a row, beside the row. */
function readingOf({ header, mapping }: RowSource, { options, contexts }: Writing): unknown {
  const { nothing = [], consent = null } = options;
  const { targets, lineField = null } = mapping;
  return { header, targets, lineField, nothing, consent, contexts };
}

function listSteps({ header, mapping, sample }: RowSource, writing: Writing): CellStep[] {
  const steps: CellStep[] = [];
  for (const [index, target] of mapping.targets.entries()) {
    const column = header[index] ?? '';
    if (target.kind === 'attribute')
      steps.push({ index, taker: attributeTaker(column, target.name, writing) });
    if (target.kind !== 'field') continue;
    const values = sample.map((record) => record.cells[index] ?? '');
    steps.push({ index, taker: fieldTaker(target.name as ParsedField, column, values, writing) });
  }
  return steps;
}

function fieldTaker(field: ParsedField, column: string, values: readonly string[], writing: Writing): Taker {
  const { form, layout, options, slots } = writing;
  if (field === 'email') return { memory: undefined, take: takeAddress(column, writing) };
  const context = createCellContext(field, column, values, options);
  writing.contexts.push(context);
  const read = (cell: string) => parseCell(field, cell, column, context);
  if (field === 'name' && layout.derivesNames) return { memory: undefined, take: takeName(read, writing) };
  const place = layout.columns.indexOf(field);
  const spelt = (cell: string) => spellValue(form, read(cell));
  if (isRepeated(field)) return { memory: createCellMemory(spelt), places: slots, place };
  return {
    memory: undefined,
    take(cell) {
      slots[place] = spelt(cell);
    },
  };
}

function takeAddress(column: string, writing: Writing): (cell: string) => void {
  const { form, layout, slots } = writing;
  const slot = layout.columns.indexOf('email');
  const keySlot = layout.columns.indexOf('address_key');
  return (cell) => {
    const address = parseAddressCell(cell, column);
    const { email, address_key } = address;
    const spelt = spellValue(form, email);
    slots[slot] = spelt;
    slots[keySlot] = email === address_key ? spelt : spellValue(form, address_key);
    writing.address = address;
  };
}

/** A file with full names only gets first and last names from them. */
function takeName(
  read: (cell: string) => LayoutValue,
  { form, layout, slots }: Writing,
): (cell: string) => void {
  const slot = layout.columns.indexOf('name');
  const firstSlot = layout.columns.indexOf('first_name');
  const lastSlot = layout.columns.indexOf('last_name');
  return (cell) => {
    const name = read(cell);
    const { first_name, last_name } =
      typeof name === 'string' ? splitName(name) : { first_name: null, last_name: null };
    slots[slot] = spellValue(form, name);
    slots[firstSlot] = spellValue(form, first_name);
    slots[lastSlot] = spellValue(form, last_name);
  };
}

function attributeTaker(column: string, targetName: string, { form, layout, pieces }: Writing): Taker {
  const name = attributeName(targetName);
  const memory = createCellMemory((cell) => attributePiece(form, name, cell, column));
  return { memory, places: pieces, place: layout.attributes.indexOf(name) };
}

/** A member of the canonical JSON (RFC 8785) of attributes; nothing where there is no value. */
function attributePiece(form: RowForm, name: string, cell: string, column: string): string {
  const value = parseCell('attribute', cell, column, undefined);
  return value === null ? '' : form.escape(`${JSON.stringify(name)}:${JSON.stringify(value)}`);
}

/**
 * Puts the row together. `unknown` without a date and a source says as much as nothing about consent (see `mergeConsent`), and what a row
 * without consent says about its date and source does not count, unless the operator says what all of them have said.
 */
function createFinish({ layout, form, slots, pieces, options }: Writing): () => string {
  const slotOf = (column: LayoutColumn) => layout.columns.indexOf(column);
  const [consent, attributes] = [slotOf('consent'), slotOf('attributes')];
  const aboutConsent = [slotOf('consent_at'), slotOf('consent_source')].filter((slot) => slot !== -1);
  const { consent: said } = options;
  const assumed = form.quote(form.escape(said ?? 'unknown'));
  return () => {
    if (!layout.hasConsent || slots[consent] === form.nothing) {
      slots[consent] = assumed;
      if (said === undefined) for (const slot of aboutConsent) slots[slot] = form.nothing;
    }
    slots[attributes] = form.quote(`{${joinMembers(pieces)}}`);
    return form.row(slots);
  };
}

function joinMembers(pieces: readonly string[]): string {
  let members = '';
  for (const piece of pieces) {
    if (piece !== '') members += members === '' ? piece : `,${piece}`;
  }
  return members;
}

function isRepeated(field: ParsedField): boolean {
  return field !== 'customer_id' && field !== 'phone';
}
