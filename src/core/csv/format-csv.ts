export interface CsvFormat {
  /** A comma by default. */
  readonly delimiter?: string;
  /** For machines: formulas are left as they are. */
  readonly raw?: boolean;
}

// What a spreadsheet may take for the start of a formula, also after blanks that it drops (OWASP "CSV Injection").
const FORMULA = /^[\s\u00A0\uFEFF]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/;
const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;
const PHONE = /^\+\d[\d ().]*$/;

/** One row of CSV after RFC 4180, ended by LF. A cell that a spreadsheet would run as a formula gets a `'` before it. */
export function formatCsvRow(
  cells: readonly (string | number | boolean | null | undefined)[],
  format: CsvFormat = {},
): string {
  const { delimiter = ',', raw = false } = format;
  const texts = cells.map((cell) => formatCsvCell(cell, raw, delimiter));
  // A row of one empty cell would be a blank line, which readers leave out.
  return texts.length === 1 && texts[0] === '' ? '""\n' : `${texts.join(delimiter)}\n`;
}

/** One cell of such a row. */
export function formatCsvCell(
  cell: string | number | boolean | null | undefined,
  raw: boolean,
  delimiter = ',',
): string {
  if (cell === null || cell === undefined) return '';
  const text = typeof cell === 'string' && !raw ? escapeFormula(cell) : String(cell);
  return needsQuotes(text, delimiter) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * `=1+1` → `'=1+1`; numbers such as -5 and telephone numbers such as +31 6 1234 5678 are no formulas and stay. A text that looks
 * escaped already gets one more, so that `unescapeFormula` gives back every text as it was.
 */
export function escapeFormula(text: string): string {
  return isUnsafe(text.replace(/^'+/, '')) ? `'${text}` : text;
}

/** The inverse of `escapeFormula`, for reading back what this program wrote. */
export function unescapeFormula(text: string): string {
  return text.startsWith("'") && isUnsafe(text.replace(/^'+/, '')) ? text.slice(1) : text;
}

function isUnsafe(text: string): boolean {
  return FORMULA.test(text) && !NUMBER.test(text) && !PHONE.test(text);
}

function needsQuotes(text: string, delimiter: string): boolean {
  return text.includes(delimiter) || /["\r\n]|^[\s\uFEFF]|\s$/.test(text);
}
