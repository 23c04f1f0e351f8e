import { toByteText } from '../byte-text.ts';
import { type BinaryType, COPY_HEADER, COPY_TRAILER, readBinaryRows } from '../database/binary-rows.ts';
import {
  addBinaryInteger,
  BINARY_NULL,
  binaryCount,
  binaryInteger,
  binaryJson,
  binaryText,
  binaryTime,
  binaryValue,
  openBinaryJson,
  openBinaryText,
} from '../database/binary-text.ts';
import { escapeCopyText } from '../database/copy-text.ts';
import {
  addJsonbInteger,
  JSONB_ARRAY_HEADER,
  JSONB_NULL,
  jsonbArray,
  jsonbArrayHeader,
  jsonbInteger,
  jsonbText,
  openJsonbArray,
  openJsonbText,
  parseJsonbRows,
} from '../database/jsonb.ts';
import type { GrowingBytes } from '../growing-bytes.ts';
import type { Instant } from '../time.ts';
import type { LayoutValue } from './import-layout.ts';

// What stands in lines as it is: printable ASCII but for the backslash.
const PLAIN = /^[ -[\]-~]*$/;
const TAB = 0x09;
const LINE_FEED = 0x0a;

/** How rows travel: as binary JSON that SQLite takes apart, in the binary format of PostgreSQL's COPY, or as lines of values with a tab between. */
export type FormName = 'jsonb' | 'copy' | 'lines';

/** What every row ends with. */
export interface Constant {
  readonly type: BinaryType;
  readonly value: string;
}

/** How the rows of a batch are spelt on their way to the database, in byte text: see `toByteText`. */
export interface RowForm {
  readonly name: FormName;
  /** No value. */
  readonly nothing: string;
  /** Of how many bytes the beginning of a batch is, which `close` writes. */
  readonly headerLength: number;
  /** A text for the inside of a value: escaping two texts and joining them is the same as escaping the joined one. */
  escape(text: string): string;
  /** A text from escaped text. */
  quote(escaped: string): string;
  /** A JSON text from escaped text. */
  json(escaped: string): string;
  /** A whole number, or its decimal digits. */
  number(value: number | string): string;
  time(instant: Instant): string;
  /** A row of all values, or of the first `count`. */
  row(values: readonly string[], count?: number): string;
  /** The same byte by byte: what comes before a text of so many bytes, none of which has to be escaped. */
  openText(out: GrowingBytes, size: number): void;
  /** Before a JSON text. */
  openJson(out: GrowingBytes, size: number): void;
  /** A whole number from 0. */
  addNumber(out: GrowingBytes, value: number): void;
  /** Before the values of a row, so many in so many bytes. */
  openRow(out: GrowingBytes, count: number, size: number): void;
  /** Between two values, where anything is. */
  readonly separator: number | undefined;
  closeRow(out: GrowingBytes): void;
  /** Writes the beginning and the end of a batch whose rows are there. */
  close(batch: GrowingBytes): void;
}

/** A value as the form spells it. */
export function spellValue(form: RowForm, value: LayoutValue): string {
  if (value === null) return form.nothing;
  return typeof value === 'number' ? form.number(value) : form.quote(form.escape(value));
}

/** The form of that name; `constants` is what every row ends with that is copied. */
export function createRowForm(name: FormName, constants: readonly Constant[] = []): RowForm {
  if (name === 'copy') return createCopyForm(constants);
  return name === 'jsonb' ? jsonbForm : linesForm;
}

/** The rows of a batch whose values are of these types; lines are never read again. */
export function parseRows(name: FormName, batch: Uint8Array, types: readonly BinaryType[]): LayoutValue[][] {
  if (name === 'jsonb') return parseJsonbRows(batch);
  if (name === 'lines') throw new TypeError('lines are for the database alone');
  const bytes = Buffer.from(batch.buffer, batch.byteOffset, batch.length);
  const columns = Object.fromEntries(types.map((type, index) => [String(index), type]));
  const parts = readBinaryRows<Record<string, LayoutValue>>(bytes, columns, Number.POSITIVE_INFINITY);
  return [...parts].flat().map((row) => Object.values(row));
}

const jsonbForm: RowForm = {
  ...{ name: 'jsonb', nothing: JSONB_NULL, headerLength: JSONB_ARRAY_HEADER },
  ...{ escape: toByteText, quote: jsonbText, json: jsonbText, number: jsonbInteger, time: jsonbText },
  ...{ row: jsonbArray, openText: openJsonbText, openJson: openJsonbText, addNumber: addJsonbInteger },
  ...{ openRow: (out, _, size) => openJsonbArray(out, size), separator: undefined, closeRow: nothingMore },
  close: ({ bytes, length }) => bytes.set(jsonbArrayHeader(length - JSONB_ARRAY_HEADER)),
};

const linesForm: RowForm = {
  ...{ name: 'lines', nothing: '\\N', headerLength: 0 },
  escape: (text) => (PLAIN.test(text) ? text : toByteText(escapeCopyText(text))),
  ...{ quote: String, json: String, number: String, time: String },
  row: (values, count = values.length) => `${values.slice(0, count).join('\t')}\n`,
  ...{ openText: nothingMore, openJson: nothingMore, openRow: nothingMore, separator: TAB },
  addNumber: (out, value) => out.addDigits(value),
  closeRow: (out) => out.addByte(LINE_FEED),
  close: nothingMore,
};

function createCopyForm(constants: readonly Constant[]): RowForm {
  const end = constants.map(({ type, value }) => binaryValue(type, value)).join('');
  const endBytes = Buffer.from(end, 'latin1');
  return {
    ...{ name: 'copy', nothing: BINARY_NULL, headerLength: COPY_HEADER.length },
    ...{ escape: toByteText, quote: binaryText, json: binaryJson, number: binaryInteger, time: binaryTime },
    row(values, count = values.length) {
      let row = binaryCount(count + constants.length);
      for (let index = 0; index < count; index += 1) row += values[index];
      return row + end;
    },
    ...{ openText: openBinaryText, openJson: openBinaryJson, addNumber: addBinaryInteger },
    openRow(out, count) {
      const all = count + constants.length;
      out.addByte(all >>> 8);
      out.addByte(all);
    },
    ...{ separator: undefined, closeRow: (out) => out.addBytes(endBytes, 0, endBytes.length) },
    close(batch) {
      batch.bytes.set(COPY_HEADER);
      batch.addBytes(COPY_TRAILER, 0, COPY_TRAILER.length);
    },
  };
}

function nothingMore(): void {}
