import type { CsvRecord } from '../csv/csv-file.ts';
import { isRejectsHeader } from '../csv/map-columns.ts';
import { createNothingCheck } from '../csv/parse-values.ts';
import { type AddressCounter, createAddressCounter } from './address-counter.ts';
import {
  type CellStep,
  fieldStep,
  listSteps,
  type RowOptions,
  type RowSource,
  takeCell,
  type Writing,
} from './cell-steps.ts';
import { type LayoutColumn, layoutOf } from './import-layout.ts';
import { type ParsedField, RowProblem } from './parse-customer-cell.ts';
import type { RowForm } from './row-form.ts';
import type { RowHash, RowHashes } from './row-hash.ts';

/** Why a row is refused. */
export interface RowReject {
  /** The column at fault, when it is one. */
  readonly column: string | undefined;
  readonly reason: string;
}

/** All that can be known of a file's rows before the first one: what each column is, how it writes dates and amounts, and where in the layout it belongs. */
export interface RowPlan extends Writing {
  readonly steps: readonly CellStep[];
  /** The step of the line's number, where that is taken for a field; it has no cell. */
  readonly lineStep: CellStep | undefined;
  /** Of the customer's id. */
  readonly idStep: CellStep;
  readonly addressStep: CellStep;
  /** Mended rows begin with the line where they were. */
  readonly isRejects: boolean;
  /** Does a cell say in the operator's words that there is no value, and are there any such words? */
  readonly saysNothing: (cell: string) => boolean;
  readonly hasMoreNothing: boolean;
  readonly addresses: AddressCounter;
  readonly rowHash: RowHash;
  readonly end: RowEnd;
}

/** The places that are filled when all cells of a row were read. */
export interface RowEnd {
  readonly consent: number;
  /** What everyone has said whose row says nothing about consent, as the form spells it. */
  readonly assumed: string;
  /** The places that are emptied where a row says nothing about consent. */
  readonly emptied: readonly number[];
  readonly attributes: number;
  readonly hash: number;
}

/** The plan for a file whose columns are understood. */
export function planRows(source: RowSource, form: RowForm, options: RowOptions, hashes: RowHashes): RowPlan {
  const { header, mapping } = source;
  const layout = layoutOf(mapping);
  const places = [...layout.columns.map(() => form.nothing), ...layout.attributes.map(() => '')];
  const writing: Writing = { layout, form, options, places, contexts: [], address: undefined };
  const steps = listSteps(source, writing);
  const lineField = mapping.lineField as ParsedField | undefined;
  const lineStep = lineField === undefined ? undefined : fieldStep(-1, lineField, '#', [], writing);
  const stepOf = (field: 'customer_id' | 'email') =>
    steps.find(({ index }) => index === mapping.indexOf(field)) ?? lineStep;
  const [idStep, addressStep] = [stepOf('customer_id'), stepOf('email')];
  if (idStep === undefined || addressStep === undefined)
    throw new TypeError('a file without an id or address');
  return Object.assign(writing, {
    ...{ steps, lineStep, idStep, addressStep },
    isRejects: isRejectsHeader(header),
    saysNothing: createNothingCheck(options.nothing),
    hasMoreNothing: options.nothing !== undefined && options.nothing.length > 0,
    addresses: createAddressCounter(),
    rowHash: hashes(readingOf(source, writing)),
    end: rowEndOf(writing),
  });
}

/** Everything that decides what becomes of a row, beside the row. */
function readingOf({ header, mapping }: RowSource, { options, contexts }: Writing): unknown {
  const { nothing = [], consent = null } = options;
  const { targets, lineField = null } = mapping;
  return { header, targets, lineField, nothing, consent, contexts };
}

/**
 * `unknown` without a date and a source says as much as nothing about consent (see `mergeConsent`), and what a row without consent says about
 * its date and source does not count, unless the operator says what all of them have said.
 */
function rowEndOf({ layout, form, options }: Writing): RowEnd {
  const placeOf = (column: LayoutColumn) => layout.columns.indexOf(column);
  const { consent: said } = options;
  const about = said === undefined ? [placeOf('consent_at'), placeOf('consent_source')] : [];
  return {
    consent: placeOf('consent'),
    assumed: form.quote(form.escape(said ?? 'unknown')),
    emptied: about.filter((place) => place !== -1),
    attributes: placeOf('attributes'),
    hash: placeOf('row_hash'),
  };
}

/** Reads the cell of a step. Throws `RowProblem`. */
export function takeStep(plan: RowPlan, step: CellStep, cell: string): void {
  takeCell(step, plan.saysNothing(cell) ? '' : cell, plan);
}

/** A mended rejects file says on which line of the first file its rows were. */
export function lineOf({ isRejects }: RowPlan, { cells, line }: Pick<CsvRecord, 'cells' | 'line'>): string {
  return isRejects ? (cells[0] ?? '') : String(line);
}

/** Why a row is refused whose cell has a problem; throws again what is none. */
export function rejectOf(error: unknown): RowReject {
  if (error instanceof RowProblem) return { column: error.column, reason: error.message };
  throw error;
}
