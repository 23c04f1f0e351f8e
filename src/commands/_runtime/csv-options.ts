import { z } from 'zod';
import type { CsvOptions } from '../../core/csv/csv-file.ts';
import { whatwgName } from '../../core/csv/decode-text.ts';
import { parseDelimiter } from '../../core/csv/detect-delimiter.ts';
import { parseLocaleSpelling } from '../../core/csv/locale-spelling.ts';
import type { DateOrder } from '../../core/csv/parse-date.ts';
import type { DecimalMark } from '../../core/csv/parse-decimal.ts';
import type { OptionSpec } from './command.ts';

/** How every command that reads CSV is told what the reader would else find by itself. */
export const READING_OPTIONS: readonly OptionSpec[] = [
  { flags: '--delimiter <character>', description: 'one character, or tab', defaultText: 'auto' },
  { flags: '--encoding <name>', description: 'such as utf-8, windows-1252, utf-16le', defaultText: 'auto' },
  { flags: '--header-line <n>', description: 'the line that names the columns', defaultText: 'auto' },
  {
    flags: '--nothing <text>',
    description: 'a cell with this text is empty, as NULL, N/A and - are anyway',
    repeatable: true,
  },
];

/** The same for dates and amounts, of commands that read some. */
export const SPELLING_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--date-order <order>',
    description: 'how 01/02/2026 is meant where no date of the column tells',
    choices: ['dmy', 'mdy'],
  },
  {
    flags: '--locale <locale>',
    description: 'how dates and decimals are written, such as nl-NL or en-US',
    defaultText: 'found in each column',
  },
];

/** What they become: spread them into the input schema. */
export const readingFields = {
  delimiter: z.string().default('auto'),
  encoding: z.string().default('auto'),
  headerLine: z.coerce.number().int().positive().optional(),
  nothing: z.array(z.string()).default([]),
};

export const spellingFields = {
  dateOrder: z.enum(['dmy', 'mdy']).optional(),
  locale: z.string().optional(),
};

export interface Reading extends Pick<CsvOptions, 'delimiter' | 'encoding' | 'headerLine'> {
  readonly nothing: readonly string[];
}

/** The options of reading, checked before anything is opened. Throws `usage`. */
export function parseReading({
  delimiter,
  encoding,
  headerLine,
  nothing,
}: {
  readonly delimiter: string;
  readonly encoding: string;
  readonly headerLine?: number | undefined;
  readonly nothing: readonly string[];
}): Reading {
  if (delimiter !== 'auto') parseDelimiter(delimiter);
  if (encoding !== 'auto') whatwgName(encoding);
  return { delimiter, encoding, headerLine, nothing };
}

/** `--date-order` before what `--locale` says. Throws `usage` for a locale that is none. */
export function parseSpelling({
  dateOrder,
  locale,
}: {
  readonly dateOrder?: DateOrder | undefined;
  readonly locale?: string | undefined;
}): { readonly dateOrder: DateOrder | undefined; readonly decimalMark: DecimalMark | undefined } {
  const spelling = locale === undefined ? undefined : parseLocaleSpelling(locale);
  return { dateOrder: dateOrder ?? spelling?.dateOrder, decimalMark: spelling?.decimalMark };
}
