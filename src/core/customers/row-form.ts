import { toByteText } from '../byte-text.ts';
import { escapeCopyText, parseCopyRows } from '../database/copy-text.ts';
import {
  JSONB_ARRAY_HEADER,
  JSONB_NULL,
  jsonbArray,
  jsonbArrayHeader,
  jsonbInteger,
  jsonbText,
  parseJsonbRows,
} from '../database/jsonb.ts';
import type { LayoutValue } from './import-layout.ts';

// What COPY takes as it is: printable ASCII but for the backslash.
const PLAIN = /^[ -[\]-~]*$/;

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
  row(values: readonly string[]): string;
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
  finish: (batch) => batch.set(jsonbArrayHeader(batch.length - JSONB_ARRAY_HEADER)),
};

function createCopyForm(constants: readonly string[]): RowForm {
  const rowEnd = `${constants.map((value) => `\t${toByteText(escapeCopyText(value))}`).join('')}\n`;
  return {
    ...{ name: 'copy', nothing: '\\N', headerLength: 0 },
    escape: (text) => (PLAIN.test(text) ? text : toByteText(escapeCopyText(text))),
    quote: (escaped) => escaped,
    number: String,
    row(values) {
      let row = values[0] ?? '';
      for (let index = 1; index < values.length; index += 1) row += `\t${values[index]}`;
      return row + rowEnd;
    },
    finish: () => {},
  };
}
