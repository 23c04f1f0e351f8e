import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toByteText } from '../../byte-text.ts';
import { canonicalJson } from '../../canonical-json.ts';
import { toInstant } from '../../time.ts';
import { CopyEncoder, UnfitValue } from './copy-encoder.ts';
import { CopyFormatter } from './copy-formatter.ts';
import { quoteDocument } from './quote-document.ts';
import { RowBuffer } from './row-buffer.ts';
import { CHUNK_BYTES, countLines, findCut } from './row-text.ts';
import { spliceDocuments } from './splice-documents.ts';
import { writeDocument } from './write-document.ts';
import { writeInstant } from './write-instant.ts';
import { writeInteger, writeJsonText } from './write-json-cell.ts';

const text = fc.string({ unit: 'binary', maxLength: 90 }).filter((value) => value.isWellFormed());

function written(write: (out: RowBuffer) => void): string {
  const out = new RowBuffer(8);
  write(out);
  return out.takeFirst(out.length, (bytes) => Buffer.alloc(bytes)).toString('utf8');
}

const TYPES = ['text', 'id', 'time', 'real', 'flag', 'json', 'integer', 'text'] as const;
const COLUMNS = TYPES.map((type, at) => ({ name: `c${at}`, type }));

/** What the server would send back of rows that it was given, in pieces of so many bytes. */
function readBack(lines: string, piece: number): string {
  const encoder = new CopyEncoder(TYPES);
  const bytes = Buffer.concat([CopyEncoder.header, encoder.encode(Buffer.from(lines)), CopyEncoder.trailer]);
  const formatter = new CopyFormatter({ name: 't', columns: COLUMNS, key: ['c1'] }, (size) =>
    Buffer.alloc(size),
  );
  const pieces = Array.from({ length: Math.ceil(bytes.length / piece) }, (_, at) =>
    bytes.subarray(at * piece, (at + 1) * piece),
  );
  const chunks = [...pieces.flatMap((each) => [...formatter.push(each)]), ...formatter.end()];
  return Buffer.concat(chunks.map(({ raw }) => raw)).toString('utf8');
}

test('rows of JSON become rows of COPY with the same values', () => {
  const instant = fc
    .integer({ min: Date.parse('-000200-01-01T00:00:00Z'), max: Date.parse('+012000-01-01T00:00:00Z') })
    .map(toInstant);
  const near = fc.date({ min: new Date('1890-01-01'), max: new Date('2110-12-31'), noInvalidDate: true });
  const row = fc.tuple(
    ...[
      text,
      fc.nat(1_000),
      fc.oneof(
        instant,
        near.map((date) => date.toISOString()),
      ),
    ],
    ...[fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: -0x8000, max: 0x7fff })],
    ...[
      fc.dictionary(text, text).map(canonicalJson),
      fc.maxSafeInteger(),
      fc.constantFrom('\b\f\n\r\t\v"\\/', ''),
    ],
  );
  const empty = fc.tuple(fc.constant(null), fc.nat(1_000), ...TYPES.slice(2).map(() => fc.constant(null)));
  const table = fc.array(fc.oneof(row, row, empty), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(table, fc.oneof(fc.integer({ min: 1, max: 60 }), fc.nat(5_000)), (rows, piece) => {
      const lines = rows.map((values) => `${JSON.stringify(values)}\n`).join('');
      expect(readBack(lines, piece + 1)).toBe(lines);
    }),
    { numRuns: 1_000 },
  );
});

test('integers of 64 bits are what they were', () => {
  for (const value of [
    '9223372036854775807',
    '-9223372036854775808',
    '9007199254740993',
    '999999999999999',
  ]) {
    const encoded = new CopyEncoder(['integer']).encode(Buffer.from(`[${value}]\n`));
    expect(encoded.readBigInt64BE(6)).toBe(BigInt(value));
  }
  for (const value of ['9223372036854775808', '-9223372036854775809']) {
    expect(() => new CopyEncoder(['integer']).encode(Buffer.from(`[${value}]\n`))).toThrow(UnfitValue);
  }
  expect(() => new CopyEncoder(['flag']).encode(Buffer.from('[32768]\n'))).toThrow(UnfitValue);
});

test('bytes that are no rows of JSON are refused, and nothing is read beyond them', () => {
  const texts = [
    'x',
    '[',
    '["a',
    '["a\\',
    '["a\\u12',
    '["a"]',
    '["a"] \n',
    '["a"]\n{}\n',
    '["a"b]\n',
    '["a","b"]\n',
    '[]\n',
    '[nul]\n',
  ];
  for (const bad of texts)
    expect(() => new CopyEncoder(['text']).encode(Buffer.from(bad)), bad).toThrow(SyntaxError);
  for (const bad of ['["1"]\n', '[1.5]\n', '[-]\n', '[1e3]\n'])
    expect(() => new CopyEncoder(['integer']).encode(Buffer.from(bad)), bad).toThrow(SyntaxError);
  for (const bad of ['["1"]\n', '[]\n', '[true]\n', '[1'])
    expect(() => new CopyEncoder(['real']).encode(Buffer.from(bad)), bad).toThrow(SyntaxError);
});

test('only instants are times', () => {
  const given = [
    '2026-02-29T09:00:00.000Z',
    '2026-13-01T09:00:00.000Z',
    '2026-00-01T09:00:00.000Z',
    '2026-01-00T09:00:00.000Z',
  ];
  const spelt = [
    '2026-01-01T24:00:00.000Z',
    '2026-01-01 09:00:00.000Z',
    '2026-01-01T09:00:00.00Z',
    '2026-01-01',
    'infinity',
    '20x6-01-01T09:00:00.000Z',
  ];
  for (const bad of [...given, ...spelt])
    expect(() => new CopyEncoder(['time']).encode(Buffer.from(`["${bad}"]\n`)), bad).toThrow(UnfitValue);
  for (const bad of ['[5]\n', '["2026-01-01T09:00:00.000Z'])
    expect(() => new CopyEncoder(['time']).encode(Buffer.from(bad)), bad).toThrow();
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
