import { ReferralError } from '../errors.ts';
import { findHeader } from './find-header.ts';
import { createScanner } from './scan-records.ts';

const CANDIDATES = [',', ';', '\t', '|', ':'] as const;
const NAMES: Readonly<Record<string, string>> = {
  comma: ',',
  semicolon: ';',
  tab: '\t',
  '\\t': '\t',
  pipe: '|',
  colon: ':',
};
const ROWS_COMPARED = 200;

/** The delimiter that was asked for as one character. Throws `usage`. */
export function parseDelimiter(text: string): string {
  const delimiter = NAMES[text] ?? text;
  if (delimiter.length !== 1 || /["\r\n]/.test(delimiter)) {
    throw new ReferralError('usage', `"${text}" is not a delimiter`, {
      hint: 'Write one character, such as --delimiter ";", or --delimiter tab.',
    });
  }
  return delimiter;
}

/**
 * The delimiter of a CSV text: of those that split the header at all, the one under which most rows have as many cells as the header;
 * among equals the one that makes more columns, then the more usual one. A comma when the text has one column.
 */
export function detectDelimiter(sample: string, isWhole: boolean): string {
  let best = { delimiter: ',', share: 0, columns: 1 };
  for (const delimiter of CANDIDATES) {
    // A colon is part of every time of day and every link: it counts only where nothing else splits the header.
    if (delimiter === ':' && best.columns > 1) continue;
    const fit = fitOf(sample, isWhole, delimiter);
    if (fit.columns < 2) continue;
    const better = fit.share - best.share;
    if (better > 0.001 || (better > -0.001 && fit.columns > best.columns)) best = { delimiter, ...fit };
  }
  return best.delimiter;
}

function fitOf(sample: string, isWhole: boolean, delimiter: string): { share: number; columns: number } {
  const all = createScanner(delimiter).push(sample, isWhole).slice(0, ROWS_COMPARED);
  const header = findHeader(all);
  const rows = all.slice(header.index);
  const columns = rows[0]?.cells.length ?? 0;
  const inData = header.lacksIndexName ? columns + 1 : columns;
  const equal = rows.filter((row, index) => row.cells.length === (index === 0 ? columns : inData)).length;
  return { share: rows.length === 0 ? 0 : equal / all.length, columns };
}
