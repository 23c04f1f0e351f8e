import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toByteText } from '../../byte-text.ts';
import { canonicalJson } from '../../canonical-json.ts';
import { parseCopyRows } from '../../database/copy-text.ts';
import { toInstant } from '../../time.ts';
import { copyTextOfLines } from './copy-text-of-lines.ts';
import { quoteDocument } from './quote-document.ts';
import { RowBuffer } from './row-buffer.ts';
import { CHUNK_BYTES, countLines, findCut } from './row-text.ts';
import { spliceDocuments } from './splice-documents.ts';
import { writeDocument } from './write-document.ts';
import { writeInstant } from './write-instant.ts';
import { writeInteger, writeJsonText } from './write-json-cell.ts';

const text = fc.string({ unit: 'binary', maxLength: 90 }).filter((value) => value.isWellFormed());
const number = fc.oneof(fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }));
const cell = fc.oneof(text, number, fc.constant(null));

function written(write: (out: RowBuffer) => void): string {
  const out = new RowBuffer(8);
  write(out);
  return out.takeFirst(out.length, (bytes) => Buffer.alloc(bytes)).toString('utf8');
}

test('rows of JSON become rows of COPY with the same values', () => {
  const feeds = [['\b\f\n\r\t\v']];
  expect(parseCopyRows(copyTextOfLines(Buffer.from(`${JSON.stringify(feeds[0])}\n`)))).toEqual(feeds);
  const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 6 }), { maxLength: 6 });
  fc.assert(
    fc.property(rows, (table) => {
      const lines = Buffer.from(table.map((row) => `${JSON.stringify(row)}\n`).join(''));
      const expected = table.map((row) =>
        row.map((value) => (typeof value === 'number' ? JSON.stringify(value) : value)),
      );
      expect(parseCopyRows(copyTextOfLines(lines))).toEqual(expected);
    }),
  );
});

test('bytes that are no rows of JSON are refused, and nothing is read beyond them', () => {
  for (const bad of ['x', '[', '[1', '["a', '["a\\', '["a\\u12', '[1]', '[1] \n', '[1]\n{}\n', '["a"b]\n']) {
    expect(() => copyTextOfLines(Buffer.from(bad)), bad).toThrow(SyntaxError);
  }
});

test('a document becomes a string of its canonical form, however an engine has written it', () => {
  const value = fc.oneof(text, fc.boolean(), fc.constant(null), fc.integer());
  const flat = fc.dictionary(
    fc.oneof(text, fc.constantFrom('city', 'a', 'b', 'é', 'tier')),
    fc.oneof(text, value),
  );
  // JSON has no infinite numbers.
  const any = fc.object({ values: [value, fc.double({ noNaN: true, noDefaultInfinity: true })] });
  const blanks = (document: object) => JSON.stringify(document, null, 1).replaceAll(/\n */g, ' ');
  fc.assert(
    fc.property(fc.oneof(flat, any), (document) => {
      const expected = toByteText(JSON.stringify(canonicalJson(document)));
      for (const given of [JSON.stringify(document), blanks(document)]) {
        expect(quoteDocument(toByteText(given))).toBe(expected);
        const bytes = Buffer.from(`"${given}"`);
        const inPlace = written((out) => writeDocument(out, bytes, 1, bytes.length - 1));
        expect(toByteText(inPlace)).toBe(expected);
      }
    }),
  );
});

test('of a key that is written twice the last value counts', () => {
  expect(quoteDocument('{"a":"1","a":"2"}')).toBe(JSON.stringify('{"a":"2"}'));
  const twice = Buffer.from('{"a":"1","a":"2"}{"a":"3"}');
  expect(written((out) => writeDocument(out, twice, 0, 17))).toBe(JSON.stringify('{"a":"2"}'));
  expect(quoteDocument('{"b": "1", "a": "2", "b": "3"}')).toBe(JSON.stringify('{"a":"2","b":"3"}'));
});

test('documents and doubles are put among the other cells of their row', () => {
  const page =
    '[1,"a"]\x01d{"b": "x"}\x02[2]\n[2]\x01n\x02\x01r0.10000000000000001\x02\n[3,"é"]\x01d{}\x02[null]';
  expect(written((out) => spliceDocuments(out, Buffer.from(page)))).toBe(
    '[1,"a","{\\"b\\":\\"x\\"}",2]\n[2,null,0.1]\n[3,"é","{}",null]',
  );
});

test('texts and whole numbers are written as JSON does', () => {
  fc.assert(
    fc.property(text, fc.maxSafeInteger(), (value, integer) => {
      const bytes = Buffer.from(value);
      expect(written((out) => writeJsonText(out, bytes, 0, bytes.length))).toBe(JSON.stringify(value));
      expect(written((out) => writeInteger(out, integer))).toBe(String(integer));
    }),
  );
});

test('a time of PostgreSQL becomes an instant', () => {
  const moment = fc.integer({
    min: Date.parse('-000200-01-01T00:00:00Z'),
    max: Date.parse('+012000-01-01T00:00:00Z'),
  });
  fc.assert(
    fc.property(fc.array(moment, { minLength: 1, maxLength: 4 }), (moments) => {
      for (const milliseconds of moments) {
        const bytes = Buffer.alloc(8);
        bytes.writeBigInt64BE((BigInt(milliseconds) - 946_684_800_000n) * 1_000n);
        expect(written((out) => writeInstant(out, bytes, 0))).toBe(`"${toInstant(milliseconds)}"`);
      }
    }),
  );
});

test('a chunk is cut at the end of the line with which it is large enough', () => {
  const line = `${'x'.repeat(999)}\n`;
  const lines = Buffer.from(line.repeat(Math.ceil(CHUNK_BYTES / line.length) + 3));
  expect(findCut(lines)).toBe(Math.ceil(CHUNK_BYTES / line.length) * line.length);
  expect(countLines(lines)).toBe(lines.length / line.length);
  expect(findCut(lines.subarray(0, 10 * line.length))).toBe(0);
});
