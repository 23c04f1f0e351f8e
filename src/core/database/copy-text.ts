export type CopyValue = string | number | null;

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const UNESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

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

/** The rows of a text in that format, numbers as texts. */
export function parseCopyRows(bytes: Uint8Array): (string | null)[][] {
  const lines = new TextDecoder().decode(bytes).split('\n');
  lines.pop();
  return lines.map((line) => line.split('\t').map((cell) => (cell === '\\N' ? null : unescapeText(cell))));
}

/** A text as a value of COPY's text format. */
export function escapeCopyText(text: string): string {
  return /[\\\n\r\t]/.test(text)
    ? text.replace(/[\\\n\r\t]/g, (character) => ESCAPES[character] ?? character)
    : text;
}

function unescapeText(text: string): string {
  return text.includes('\\')
    ? text.replace(/\\(.)/g, (_, character: string) => UNESCAPES[character] ?? character)
    : text;
}
