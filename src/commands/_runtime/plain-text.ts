import type { Cell } from './result.ts';

/** A cell as a person or a shell reads it: nothing for nothing, compact JSON for what has parts. */
export function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'object') return JSON.stringify(cell);
  return String(cell);
}

/** The same on one line, without what would move the cursor or break a row. */
export function plainText(cell: Cell): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced here
  return cellText(cell).replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}

/** Lines without what would move the cursor: a name in a file can't write on the operator's terminal. */
export function plainLines(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced here
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]+/g, ' ');
}
