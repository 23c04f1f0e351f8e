import { escapeCopyText } from '../database/copy-text.ts';

/** How rows travel: as JSON that SQLite reads, or as text for PostgreSQL's COPY. */
export type FormName = 'json' | 'copy';

/** How the values of a row are spelt on their way to the database. */
export interface RowForm {
  /** No value. */
  readonly nothing: string;
  readonly rowStart: string;
  readonly cellEnd: string;
  /** After the last cell of the file come the values that every row has. */
  readonly rowEnd: string;
  readonly betweenRows: string;
  /** A text for the inside of a value: escaping two texts and joining them is the same as escaping the joined one. */
  escape(text: string): string;
  /** A value from escaped text. */
  quote(escaped: string): string;
  payload(rows: string): string | Uint8Array<ArrayBuffer>;
}

/** The form of that name; `constants` is what every row ends with when it is copied. */
export function createRowForm(name: FormName, constants: readonly string[]): RowForm {
  return name === 'json' ? jsonForm : createCopyForm(constants);
}

const jsonForm: RowForm = {
  ...{ nothing: 'null', rowStart: '[', cellEnd: ',', rowEnd: ']', betweenRows: ',' },
  escape: (text) => JSON.stringify(text).slice(1, -1),
  quote: (escaped) => `"${escaped}"`,
  payload: (rows) => `[${rows}]`,
};

function createCopyForm(constants: readonly string[]): RowForm {
  const rowEnd = `${constants.map((value) => `\t${escapeCopyText(value)}`).join('')}\n`;
  return {
    ...{ nothing: '\\N', rowStart: '', cellEnd: '\t', rowEnd, betweenRows: '' },
    escape: escapeCopyText,
    quote: (escaped) => escaped,
    payload: (rows) => new TextEncoder().encode(rows),
  };
}
