import { mayBeNothing } from '../csv/parse-values.ts';
import { type PlainRows, plainBytes, plainRecord, plainText } from '../csv/plain-rows.ts';
import type { GrowingBytes } from '../growing-bytes.ts';
import type { AddressCounts } from './address-counter.ts';
import { ByteMemory } from './byte-memory.ts';
import { type CellStep, takeCell } from './cell-steps.ts';
import { PlainAddresses } from './plain-addresses.ts';
import { PlainPlaces } from './plain-places.ts';
import { lineOf, type RowPlan, type RowReject, rejectOf, takeStep } from './row-plan.ts';

/** Writes rows that are known by their bytes, in the same way as those known by their texts. */
export interface PlainRowWriter {
  /** Writes a row behind what is there, or says why it is refused and writes nothing. */
  write(rows: PlainRows, row: number, out: GrowingBytes): RowReject | undefined;
  /** Writes the customer's id and the row's hash; twice nothing where it has no such id. */
  hash(rows: PlainRows, row: number, out: GrowingBytes): void;
  /** The customer's id in the row last written or hashed, spelt as the form does. */
  lastId(): string;
  /** Of the rows whose addresses needed no reading. */
  addresses(): AddressCounts;
}

/** A step that reads bytes. */
interface PlainStep {
  readonly step: CellStep;
  readonly kind: CellStep['taker']['kind'];
  readonly index: number;
  readonly place: number;
  /** The second place, of the address's key. */
  readonly keyPlace: number;
  /** Of the values of a column that repeats itself, and how they are read. */
  readonly memory: ByteMemory;
  readonly read: (cell: string) => string;
}

const SPACE = 0x20;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const DOT = 0x2e;
const LONGEST_ID = 1_000;
// What every form takes as it is: printable ASCII but for the backslash.
const PLAIN = new Uint8Array(256).fill(1, SPACE, 0x7f);
PLAIN[0x5c] = 0;

/** A writer for the rows of one file. */
export function createPlainRowWriter(plan: RowPlan): PlainRowWriter {
  const { form, layout, lineStep, end } = plan;
  const steps = plan.steps.map(plainStep);
  const idStep = steps.find(({ step }) => step === plan.idStep);
  const addressStep = steps.find(({ step }) => step === plan.addressStep);
  const columns = layout.columns.length;
  const places = new PlainPlaces(plan.places.length);
  const addresses = new PlainAddresses();
  const nothing = Buffer.from(form.nothing, 'latin1');
  const assumed = Buffer.from(end.assumed, 'latin1');
  let hasPlainAddress = false;

  function takeCellOf(step: PlainStep, { bytes, places: found, columns: cells }: PlainRows, row: number) {
    const at = 2 * (cells * row + step.index);
    const [start, finish] = [found[at] ?? 0, found[at + 1] ?? 0];
    if (step.kind === 'repeated') takeRepeated(step, bytes, start, finish);
    else if (step.kind === 'address') takeAddress(step, bytes, start, finish);
    else if (step.kind === 'id' && !plan.hasMoreNothing && isPlainId(bytes, start, finish))
      takePlain(step.place, bytes, start, finish);
    else takeText(step, bytes, start, finish);
  }

  function takeRepeated(
    { memory, place, read }: PlainStep,
    bytes: Buffer,
    start: number,
    finish: number,
  ): void {
    const known = memory.find(bytes, start, finish);
    if (known !== -1) {
      places.set(place, memory.kept.bytes, memory.startOf(known), memory.endOf(known));
      return;
    }
    const text = plainText(bytes, start, finish);
    const value = read(plan.saysNothing(text) ? '' : text);
    memory.add(bytes, start, finish, value);
    places.setText(place, value);
  }

  function takeText({ step }: PlainStep, bytes: Buffer, start: number, finish: number): void {
    takeStep(plan, step, plainText(bytes, start, finish));
    for (const place of step.places) places.setText(place, plan.places[place] ?? '');
  }

  function takePlain(place: number, bytes: Buffer, start: number, finish: number): void {
    const { own } = places;
    const from = own.length;
    form.openText(own, finish - start);
    own.addBytes(bytes, start, finish);
    places.setOwn(place, from);
  }

  function takeAddress(step: PlainStep, bytes: Buffer, start: number, finish: number): void {
    hasPlainAddress = !plan.hasMoreNothing && addresses.find(bytes, start, finish);
    if (hasPlainAddress) {
      takePlain(step.place, bytes, start, finish);
      if (addresses.dots === 0) places.copy(step.keyPlace, step.place);
      else takeWithoutDots(step.keyPlace, bytes, start, finish);
    } else {
      takeText(step, bytes, start, finish);
      if (plan.address !== undefined) addresses.learn(bytes, start, finish, plan.address);
    }
  }

  function takeWithoutDots(place: number, bytes: Buffer, start: number, finish: number): void {
    const { own } = places;
    const from = own.length;
    form.openText(own, finish - start - addresses.dots);
    for (let at = start; at < addresses.at; at += 1) {
      if (bytes[at] !== DOT) own.addByte(bytes[at] ?? 0);
    }
    own.addBytes(bytes, addresses.at, finish);
    places.setOwn(place, from);
  }

  function takeLine(rows: PlainRows, row: number): void {
    if (lineStep === undefined) return;
    takeCell(lineStep, lineOf(plan, plainRecord(rows, row)), plan);
    for (const place of lineStep.places) places.setText(place, plan.places[place] ?? '');
  }

  function write(rows: PlainRows, row: number, out: GrowingBytes): RowReject | undefined {
    places.begin();
    try {
      for (const step of steps) takeCellOf(step, rows, row);
      takeLine(rows, row);
    } catch (error) {
      return rejectOf(error);
    }
    noteAddress();
    finishConsent();
    places.setObject(end.attributes, form, columns);
    takeHash(end.hash, rows, row);
    places.addRow(out, form, columns);
    return undefined;
  }

  function noteAddress(): void {
    if (hasPlainAddress) addresses.note();
    else if (plan.address !== undefined) plan.addresses.note(plan.address, 1);
  }

  function finishConsent(): void {
    if (layout.hasConsent && !places.is(end.consent, nothing)) return;
    places.set(end.consent, assumed, 0, assumed.length);
    for (const place of end.emptied) places.set(place, nothing, 0, nothing.length);
  }

  function takeHash(place: number, rows: PlainRows, row: number): void {
    const { own } = places;
    const from = own.length;
    if (lineStep === undefined) {
      form.addNumber(own, plan.rowHash.ofBytes(plainBytes(rows, row)));
    } else {
      const record = plainRecord(rows, row);
      own.addByteText(form.number(plan.rowHash.ofText(`${lineOf(plan, record)} ${record.raw}`)));
    }
    places.setOwn(place, from);
  }

  function hash(rows: PlainRows, row: number, out: GrowingBytes): void {
    places.begin();
    const [id, hashed] = [0, 1];
    if (takeId(rows, row)) takeHash(hashed, rows, row);
    else for (const place of [id, hashed]) places.set(place, nothing, 0, nothing.length);
    places.addRow(out, form, 2);
    countAddress(rows, row);
  }

  function takeId(rows: PlainRows, row: number): boolean {
    try {
      if (idStep === undefined) takeLine(rows, row);
      else takeCellOf(idStep, rows, row);
      return true;
    } catch (error) {
      rejectOf(error);
      return false;
    }
  }

  function countAddress(rows: PlainRows, row: number): void {
    if (addressStep === undefined) return;
    try {
      takeCellOf(addressStep, rows, row);
      noteAddress();
    } catch (error) {
      rejectOf(error);
    }
  }

  return { write, hash, lastId: () => places.textAt(0), addresses: () => addresses.counts() };
}

function plainStep(step: CellStep): PlainStep {
  const { index, taker, places } = step;
  const [place = 0, keyPlace = 0] = places;
  const read = taker.kind === 'repeated' ? taker.memory.read : String;
  return { step, kind: taker.kind, index, place, keyPlace, memory: new ByteMemory(), read };
}

function isPlainId(bytes: Buffer, start: number, end: number): boolean {
  const first = bytes[start] ?? 0;
  if (end - start > LONGEST_ID || mayBeNothing(first, end - start)) return false;
  // The apostrophe may stand before what would be a formula.
  if (first === SPACE || first === QUOTE || first === APOSTROPHE || bytes[end - 1] === SPACE) return false;
  for (let at = start; at < end; at += 1) if (PLAIN[bytes[at] ?? 0] === 0) return false;
  return true;
}
