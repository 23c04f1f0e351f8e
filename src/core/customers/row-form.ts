import { toByteText } from '../byte-text.ts';
import { escapeCopyText, parseCopyRows } from '../database/copy-text.ts';
import {
  JSONB_ARRAY_HEADER,
  JSONB_NULL,
  jsonbArray,
  jsonbArrayHeader,
  jsonbInteger,
  jsonbText,
  openJsonbArray,
  openJsonbInteger,
  openJsonbText,
  parseJsonbRows,
} from '../database/jsonb.ts';
import type { GrowingBytes } from '../growing-bytes.ts';
import type { LayoutValue } from './import-layout.ts';

// What COPY takes as it is: printable ASCII but for the backslash.
const PLAIN = /^[ -[\]-~]*$/;

const TAB = 0x09;

/** How rows travel: as binary JSON that SQLite takes apart, or as text for PostgreSQL's COPY. */
export type FormName = 'jsonb' | 'copy';

/** How the rows of a batch are spelt on their way to the database, in byte text: see `toByteText`. */
export interface RowForm {
  readonly name: FormName;
  /** No value. */
  readonly nothing: string;
  /** Of how many bytes the beginning of a batch is, which `finish` writes. */
  readonly headerLength: number;
  /** A text for the inside of a value: escaping two texts and joining them is the same as escaping the joined one. */
  escape(text: string): string;
  /** A value from escaped text. */
  quote(escaped: string): string;
  /** A whole number, or its decimal digits. */
  number(value: number | string): string;
  /** A row of all values, or of the first `count`. */
  row(values: readonly string[], count?: number): string;
  /** The same byte by byte: what comes before a text of so many bytes, none of which has to be escaped. */
  openText(out: GrowingBytes, size: number): void;
  /** Before the digits of a whole number. */
  openNumber(out: GrowingBytes, size: number): void;
  /** Before the values of a row, which take so many bytes. */
  openRow(out: GrowingBytes, size: number): void;
  /** Between two values, where anything is. */
  readonly separator: number | undefined;
  closeRow(out: GrowingBytes): void;
  /** Writes the beginning of a batch whose rows are there. */
  finish(batch: Uint8Array): void;
}

/** A value as the form spells it. */
export function spellValue(form: RowForm, value: LayoutValue): string {
  if (value === null) return form.nothing;
  return typeof value === 'number' ? form.number(value) : form.quote(form.escape(value));
}

/** The form of that name; `constants` is what every row ends with when it is copied. */
export function createRowForm(name: FormName, constants: readonly string[]): RowForm {
  return name === 'jsonb' ? jsonbForm : createCopyForm(constants);
}

/** The rows of a batch. Numbers come as texts from text for COPY. */
export function parseRows(name: FormName, batch: Uint8Array): LayoutValue[][] {
  return name === 'jsonb' ? parseJsonbRows(batch) : parseCopyRows(batch);
}

const jsonbForm: RowForm = {
  ...{ name: 'jsonb', nothing: JSONB_NULL, headerLength: JSONB_ARRAY_HEADER },
  ...{ escape: toByteText, quote: jsonbText, number: jsonbInteger, row: jsonbArray },
  ...{ openText: openJsonbText, openNumber: openJsonbInteger, openRow: openJsonbArray },
  ...{ separator: undefined, closeRow: nothingMore },
  finish: (batch) => batch.set(jsonbArrayHeader(batch.length - JSONB_ARRAY_HEADER)),
};

function createCopyForm(constants: readonly string[]): RowForm {
  const rowEnd = `${constants.map((value) => `\t${toByteText(escapeCopyText(value))}`).join('')}\n`;
  const endBytes = Buffer.from(rowEnd, 'latin1');
  return {
    ...{ name: 'copy', nothing: '\\N', headerLength: 0 },
    escape: (text) => (PLAIN.test(text) ? text : toByteText(escapeCopyText(text))),
    quote: (escaped) => escaped,
    number: String,
    row(values, count = values.length) {
      let row = values[0] ?? '';
      for (let index = 1; index < count; index += 1) row += `\t${values[index]}`;
      return row + rowEnd;
    },
    ...{ openText: nothingMore, openNumber: nothingMore, openRow: nothingMore, separator: TAB },
    closeRow: (out) => out.appendBytes(endBytes, 0, endBytes.length),
    finish: nothingMore,
  };
}

function nothingMore(): void {}
