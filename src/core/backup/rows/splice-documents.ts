import { quoteDocument } from './quote-document.ts';

/** Bytes that no JSON holds: before and after a document among the cells of a row, and in place of one that is null. */
export const DOCUMENT_START = 0x01;
export const DOCUMENT_END = 0x02;
export const NO_DOCUMENT = 0x03;

const START = '\x01';
const END = '\x02';
const NULL = '\x03';

/**
 * Lines of JSON arrays from lines in which each document stands by itself: `[1,"a"]␁{"b": 1}␂[2]` becomes
 * `[1,"a","{\"b\":1}",2]`. Every line begins with an array.
 */
export function spliceDocuments(page: Buffer): Buffer {
  const text = page.toString('latin1');
  let spliced = '';
  let at = 0;
  for (;;) {
    const start = text.indexOf(START, at);
    if (start === -1) break;
    const end = text.indexOf(END, start);
    // The array before gives its bracket up; two documents have nothing between them.
    if (start > at) spliced += text.slice(at, start - 1);
    const document = text.slice(start + 1, end);
    spliced += `,${document === NULL ? 'null' : quoteDocument(document)}`;
    at = end + 1;
    const next = text[at];
    if (next === '[') {
      spliced += ',';
      at += 1;
    } else if (next !== START) spliced += ']';
  }
  return Buffer.from(spliced + text.slice(at), 'latin1');
}
