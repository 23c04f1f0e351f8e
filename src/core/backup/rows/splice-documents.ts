import type { RowBuffer } from './row-buffer.ts';
import { writeDocument } from './write-document.ts';

/** Bytes that no JSON holds: before and after what SQLite can't write as it is to be, among the cells of a row. */
export const START_CODE = 0x01;
export const END_CODE = 0x02;
/** What follows the first of them: the kind of the value, and, for a null, nothing more. */
export const DOCUMENT = 'd';
export const REAL = 'r';
export const NULL = 'n';

const OPEN = 0x5b;
const CLOSE = 0x5d;
const COMMA = 0x2c;
const DOCUMENT_CODE = DOCUMENT.charCodeAt(0);
const REAL_CODE = REAL.charCodeAt(0);

/**
 * Writes lines of JSON arrays, of lines in which documents and doubles stand by themselves: `[1,"a"]␁d{"b": 1}␂[2]` becomes
 * `[1,"a","{\"b\":1}",2]`. Every line begins with an array.
 */
export function spliceDocuments(out: RowBuffer, page: Buffer): void {
  let at = 0;
  for (let start = page.indexOf(START_CODE); start !== -1; start = page.indexOf(START_CODE, at)) {
    const end = page.indexOf(END_CODE, start);
    // The array before gives its bracket up; two values have nothing between them.
    if (start > at) out.addBytes(page, at, start - 1);
    out.addByte(COMMA);
    writeValue(out, page, start + 1, end);
    at = end + 1;
    if (page[at] === OPEN) {
      out.addByte(COMMA);
      at += 1;
    } else if (page[at] !== START_CODE) out.addByte(CLOSE);
  }
  out.addBytes(page, at, page.length);
}

function writeValue(out: RowBuffer, page: Buffer, start: number, end: number): void {
  if (page[start] === DOCUMENT_CODE) writeDocument(out, page, start + 1, end);
  // SQLite gives 17 digits, which tell every double; the shortest text that does is JavaScript's.
  else if (page[start] === REAL_CODE)
    out.addByteText(JSON.stringify(Number(page.toString('latin1', start + 1, end))));
  else out.addByteText('null');
}
