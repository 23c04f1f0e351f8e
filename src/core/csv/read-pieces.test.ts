import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readInPieces } from '../../../test/read-in-pieces.ts';
import { ReferralError } from '../errors.ts';
import type { CsvRecord } from './csv-file.ts';
import { openCsv } from './open-csv.ts';
import { plainRecord } from './plain-rows.ts';
import { createScanner } from './scan-records.ts';

const line = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('a,b,c', 'é,ü,漢', '"a","b, c","d ""e"""', ',,', '"",,x', '1,"2",3'),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('a"b,c""d,e"', ' "a",b,c', 'a, "b" ,c', '"a"b,c,d', 'a,b', 'a,b,c,d', '', ' '),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('"a\nb",c,d', '"a\r\nb",c,d', '"open,b,c', 'a,\tb,\0', '\t"a",b,c'),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.constantFrom('"', '""', ',', ';', ' ', '\t', 'x', 'é', '👩', '\uFEFF'), { maxLength: 8 })
      .map((all) => all.join('')),
  },
);
const lineEnd = fc.constantFrom('\n', '\n', '\n', '\r\n', '\r\n', '\r');
const files = fc.array(fc.tuple(line, lineEnd), { maxLength: 30 }).map((lines) => lines.flat().join(''));

describe('rows in pieces', () => {
  test('are the rows of the text as a whole, wherever the bytes are cut', async () => {
    let plain = 0;
    let all = 0;
    await fc.assert(
      fc.asyncProperty(files, fc.integer({ min: 1, max: 60 }), async (text, piece) => {
        const outcome = await readInPieces(Buffer.from(text), piece);
        expect(outcome.records).toEqual(createScanner(',').push(text, true));
        plain += outcome.plain;
        all += outcome.records.length;
      }),
      { numRuns: 2_000 },
    );
    // Many of them by their bytes, even in files like these.
    expect(plain / all).toBeGreaterThan(0.1);
  });

  test.for([';', '\t', '|', ':', 'x', '§', ' '])('are the same under the delimiter %o', async (delimiter) => {
    await fc.assert(
      fc.asyncProperty(files, fc.integer({ min: 1, max: 60 }), async (text, piece) => {
        const file = text.replaceAll(',', delimiter);
        const { records } = await readInPieces(Buffer.from(file), piece, { delimiter });
        expect(records).toEqual(createScanner(delimiter).push(file, true));
      }),
      { numRuns: 200 },
    );
  });

  test('are known by their bytes as soon as a row ends where a line does', async () => {
    const rows = ['a,b,c', '"two\nlines",b,c', ...Array.from({ length: 50 }, () => 'é,"b",c')];
    const { plain, records } = await readInPieces(Buffer.from(`${rows.join('\n')}\n`), 20);
    expect(records.length).toBe(52);
    expect(plain).toBeGreaterThan(45);
  });

  test.for([
    { what: 'is never closed', close: '' },
    { what: 'is closed far below', close: 'z",b,c\n' },
  ])('behind a quote that $what are the same', async ({ close }) => {
    const lines = 'x,y,z\n'.repeat(40_000);
    const text = `${lines}"open,${lines}${close}${lines}`;
    const { records, plain } = await readInPieces(Buffer.from(text), 16_384);
    expect(plain).toBeGreaterThan(30_000);
    expect(records).toEqual(createScanner(',').push(text, true));
  });

  test('may go on over several lines, across pieces too', async () => {
    const rows = Array.from({ length: 200 }, (_, at) => `${at},"two\r\nlines, ""or""\nthree",c`);
    const text = `${rows.join('\r\n')}\r\n`;
    for (const piece of [40, 100, 1_000]) {
      const { plain, records } = await readInPieces(Buffer.from(text), piece);
      expect(records).toEqual(createScanner(',').push(text, true));
      expect(records.at(-1)?.line).toBe(199 * 3 + 1);
      expect(plain).toBeGreaterThan(50);
    }
  });

  test('of one column are never told by their bytes, since a blank line may be none', async () => {
    const { plain, records } = await readInPieces(Buffer.from('a\n\n b\n'), 2, { columns: 1 });
    expect([plain, records.map(({ cells }) => cells[0])]).toEqual([0, ['a', ' b']]);
  });

  test('longer than what is held are read as text', async () => {
    const row = `a,"${'x'.repeat(300_000)}",c`;
    const { records } = await readInPieces(Buffer.from(`a,b,c\n${row}\na,b,c`), 16_384);
    expect(records.map(({ raw }) => raw.length)).toEqual([5, row.length, 5]);
    expect(records.map((record) => record.line)).toEqual([1, 2, 3]);
  });
});

describe('an open file', () => {
  async function recordsOf(bytes: Buffer, maxRecordLength: number, as: 'pieces' | 'batches') {
    // What comes first is looked at as a whole; the rest comes at once, and is cut.
    const input = Readable.from([bytes.subarray(0, 140_000), bytes.subarray(140_000)]);
    const csv = await openCsv(input, { maxRecordLength });
    const records: CsvRecord[] = [];
    let plain = 0;
    if (as === 'batches') records.push(...(await Array.fromAsync(csv.batches)).flat());
    else
      for await (const piece of csv.pieces) {
        if (piece.kind === 'records') records.push(...piece.records);
        else for (let row = 0; row < piece.rows; row += 1) records.push(plainRecord(piece, row));
        if (piece.kind === 'plain') plain += piece.rows;
      }
    return { records, plain };
  }

  const rows = Array.from({ length: 30_000 }, (_, at) => `${at},"é ${at}",x`);
  const odd = [
    'too,few',
    'one,too,many,',
    `1,${'x'.repeat(2_000)},3`,
    `1,${'x'.repeat(1_100_000)},3`,
    '"open,b,c',
  ];
  const file = ['a,b,c', ...rows, ...odd, ...rows].join('\r\n');

  test.for([
    { limit: 1_048_576, least: 40_000, what: 'by their bytes' },
    { limit: 1_000, least: 0, what: 'as text, where rows may be too long' },
  ])('gives the same rows in pieces as in batches, most of them $what', async ({ limit, least }) => {
    const bytes = Buffer.from(file);
    const { records, plain } = await recordsOf(bytes, limit, 'pieces');
    expect(records).toEqual((await recordsOf(bytes, limit, 'batches')).records);
    expect(records.length).toBe(2 * rows.length + odd.length);
    expect(plain).toBeGreaterThanOrEqual(least);
    if (least === 0) expect(plain).toBe(0);
  });
});

describe('the encoding of pieces', () => {
  const ascii = 'a,b,c\n'.repeat(20);

  test('is UTF-8 from the first character on that is not ASCII', async () => {
    // The first piece, of five rows, is always text.
    const { plain, encoding, records } = await readInPieces(Buffer.from(`${ascii}é,b,c\n${ascii}`), 30);
    expect([plain, encoding, records[20]?.cells[0]]).toEqual([36, 'utf-8', 'é']);
  });

  test('is found where only some row far down tells it', async () => {
    const bytes = Buffer.from(`${ascii}caf\xe9 cr\xe8me \xe0 la carte,b,c\n${ascii}`, 'latin1');
    const { encoding, records } = await readInPieces(bytes, 64);
    expect([encoding, records[20]?.cells[0]]).toEqual(['windows-1252', 'café crème à la carte']);
  });

  test('that switches with escape sequences is not taken for ASCII', async () => {
    const bytes = Buffer.from(`${ascii}\x1B$B4A;z\x1B(B,b,c\n`, 'latin1');
    const { encoding, records } = await readInPieces(bytes, 64);
    expect([encoding, records[20]?.cells[0]]).toEqual(['iso-2022-jp', '漢字']);
  });

  test.for([
    { what: 'a byte that is none of UTF-8', bad: [0xc3, 0x28] },
    { what: 'half a character at the end of a line', bad: [0xe2, 0x82, 0x0a] },
    { what: 'half a surrogate pair', bad: [0xed, 0xa0, 0x80] },
  ])('says where it is wrong: $what', async ({ bad }) => {
    const bytes = Buffer.concat([Buffer.from('é,b,c\n'.repeat(20)), Buffer.from(bad), Buffer.from(',b,c\n')]);
    const failure = await readInPieces(bytes, 35).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ReferralError);
    expect((failure as ReferralError).reason).toBe('A byte after the first 140 is none of that encoding.');
  });

  test('that is told is kept to', async () => {
    const { encoding, records, plain } = await readInPieces(Buffer.from('é,b,c\n'), 64, {
      encoding: 'windows-1252',
    });
    expect([encoding, records[0]?.cells[0], plain]).toEqual(['windows-1252', 'Ã©', 0]);
  });

  test('may be UTF-16, whose line ends are cut in two', async () => {
    const text = 'a,b,c\nĊ,Ċ,ഊ\n'.repeat(10);
    const { records } = await readInPieces(Buffer.from(text, 'utf16le'), 7, { encoding: 'utf-16le' });
    expect(records).toEqual(createScanner(',').push(text, true));
  });
});
