import { quoteDocument } from './quote-document.ts';

/** Bytes that no JSON holds: before and after what SQLite can't write as it is to be, among the cells of a row. */
export const START_CODE = 0x01;
export const END_CODE = 0x02;
/** What follows the first of them: the kind of the value, and, for a null, nothing more. */
export const DOCUMENT = 'd';
export const REAL = 'r';
export const NULL = 'n';

const START = '\x01';
const END = '\x02';

/**
 * Lines of JSON arrays from lines in which documents and doubles stand by themselves: `[1,"a"]␁d{"b": 1}␂[2]` becomes
 * `[1,"a","{\"b\":1}",2]`. Every line begins with an array. A page without any is given back as it is.
 */
export function spliceDocuments(page: Buffer): Buffer {
  if (!page.includes(START_CODE)) return page;
  const text = page.toString('latin1');
  let spliced = '';
  let at = 0;
  for (;;) {
    const start = text.indexOf(START, at);
    if (start === -1) break;
    const end = text.indexOf(END, start);
    // The array before gives its bracket up; two values have nothing between them.
    if (start > at) spliced += text.slice(at, start - 1);
    spliced += `,${formatValue(text[start + 1], text.slice(start + 2, end))}`;
    at = end + 1;
    const next = text[at];
    if (next === '[') {
      spliced += ',';
      at += 1;
    } else if (next !== START) spliced += ']';
  }
  return Buffer.from(spliced + text.slice(at), 'latin1');
}

function formatValue(kind: string | undefined, value: string): string {
  if (kind === DOCUMENT) return quoteDocument(value);
  // SQLite gives 17 digits, which tell every double; the shortest text that does is JavaScript's.
  return kind === REAL ? JSON.stringify(Number(value)) : 'null';
}
