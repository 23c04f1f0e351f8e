export type CopyValue = string | number | null;

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A row in the text format of COPY: tab between columns, \N for null, backslash before what would be taken for either. */
export function formatCopyRow(values: readonly CopyValue[]): string {
  let row = '';
  for (const [index, value] of values.entries()) {
    if (index > 0) row += '\t';
    if (value === null) row += '\\N';
    else row += typeof value === 'number' ? String(value) : escapeCopyText(value);
  }
  return `${row}\n`;
}

/** A text as a value of COPY's text format. */
export function escapeCopyText(text: string): string {
  return /[\\\n\r\t]/.test(text)
    ? text.replace(/[\\\n\r\t]/g, (character) => ESCAPES[character] ?? character)
    : text;
}
