import type { CsvRecord } from '../csv/csv-file.ts';
import { takeCell } from './cell-steps.ts';
import { parseAddressCell } from './parse-customer-cell.ts';
import { lineOf, type RowPlan, type RowReject, rejectOf, takeStep } from './row-plan.ts';

/** Writes rows that are known by their texts. */
export interface TextRowWriter {
  /** A row in the layout and form of the file, as byte text, or why it is refused. */
  write(record: CsvRecord): string | RowReject;
  /** The customer's id and the row's hash; twice nothing where it has no such id. */
  hash(record: CsvRecord): string;
  /** The customer's id in the row last written or hashed, spelt as the form does. */
  lastId(): string;
  /** Takes back that the address of a row counted. */
  forgetAddress(record: CsvRecord): void;
}

/** A writer for the rows of one file. */
export function createTextRowWriter(plan: RowPlan): TextRowWriter {
  const { form, layout, places, steps, lineStep, idStep, addressStep, addresses, end } = plan;
  const columns = layout.columns.length;
  let lastId = form.nothing;

  function take(record: CsvRecord): void {
    for (const step of steps) takeStep(plan, step, record.cells[step.index] ?? '');
    if (lineStep !== undefined) takeCell(lineStep, lineOf(plan, record), plan);
  }

  function write(record: CsvRecord): string | RowReject {
    if (record.problem !== undefined) return { column: undefined, reason: record.problem };
    try {
      take(record);
    } catch (error) {
      return rejectOf(error);
    }
    if (plan.address !== undefined) addresses.note(plan.address, 1);
    finish(record);
    lastId = places[0] ?? '';
    return form.row(places, columns);
  }

  function finish(record: CsvRecord): void {
    if (!layout.hasConsent || places[end.consent] === form.nothing) {
      places[end.consent] = end.assumed;
      for (const place of end.emptied) places[place] = form.nothing;
    }
    places[end.attributes] = form.json(`{${joinMembers(places, columns)}}`);
    places[end.hash] = spellHash(record);
  }

  function spellHash(record: CsvRecord): string {
    const { raw } = record;
    const row = lineStep === undefined ? raw : `${lineOf(plan, record)} ${raw}`;
    return form.number(plan.rowHash.ofText(row));
  }

  function hash(record: CsvRecord): string {
    const id = record.problem === undefined ? findId(record) : undefined;
    lastId = id ?? form.nothing;
    countAddress(record, 1);
    return form.row([lastId, id === undefined ? form.nothing : spellHash(record)]);
  }

  function findId(record: CsvRecord): string | undefined {
    try {
      if (idStep === lineStep) takeCell(idStep, lineOf(plan, record), plan);
      else takeStep(plan, idStep, record.cells[idStep.index] ?? '');
    } catch (error) {
      rejectOf(error);
      return undefined;
    }
    return places[0];
  }

  function countAddress({ cells, problem }: CsvRecord, rows: number): void {
    if (problem !== undefined) return;
    const cell = cells[addressStep.index] ?? '';
    try {
      addresses.note(parseAddressCell(plan.saysNothing(cell) ? '' : cell, ''), rows);
    } catch (error) {
      rejectOf(error);
    }
  }

  return { write, hash, lastId: () => lastId, forgetAddress: (record) => countAddress(record, -1) };
}

function joinMembers(places: readonly string[], from: number): string {
  let members = '';
  for (let place = from; place < places.length; place += 1) {
    const piece = places[place] ?? '';
    if (piece !== '') members += members === '' ? piece : `,${piece}`;
  }
  return members;
}
