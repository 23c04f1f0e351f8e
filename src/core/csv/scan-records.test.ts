import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { CsvRecord } from './csv-file.ts';
import { formatCsvRow } from './format-csv.ts';
import { createScanner } from './scan-records.ts';

function scan(text: string, { delimiter = ',', piece = text.length, limit = 1_000 } = {}): CsvRecord[] {
  const scanner = createScanner(delimiter, limit);
  const records: CsvRecord[] = [];
  for (let at = 0; at < text.length; at += Math.max(1, piece)) {
    records.push(...scanner.push(text.slice(at, at + Math.max(1, piece)), false));
  }
  return [...records, ...scanner.push('', true)];
}

/** How many characters are searched meanwhile. */
function countSearched(work: () => void): number {
  let searched = 0;
  const { indexOf } = String.prototype;
  using _spy = vi.spyOn(String.prototype, 'indexOf').mockImplementation(function (
    this: string,
    part,
    from = 0,
  ) {
    const found = indexOf.call(this, part, from);
    searched += (found === -1 ? this.length : found) - from;
    return found;
  });
  work();
  return searched;
}

const cells = (text: string, options = {}) => scan(text, options).map((record) => record.cells);

describe('scanning rows', () => {
  test('takes LF, CRLF and CR as line ends, also mixed', () => {
    expect(cells('a,b\n1,2\r\n3,4\r5,6')).toEqual([
      ['a', 'b'],
      ['1', '2'],
      ['3', '4'],
      ['5', '6'],
    ]);
  });

  test('keeps line ends and doubled quotes inside quotes', () => {
    expect(cells('"a ""b""\r\nc",d\n')).toEqual([['a "b"\r\nc', 'd']]);
  });

  test('leaves out blank lines and still counts them', () => {
    expect(scan('a\n\n  \nb\n').map(({ line, raw }) => [line, raw])).toEqual([
      [1, 'a'],
      [4, 'b'],
    ]);
  });

  test('counts the lines inside a quoted cell', () => {
    expect(scan('"a\nb\r\nc",1\nd,2\n').map(({ line }) => line)).toEqual([1, 4]);
  });

  test('takes a quote inside an unquoted cell for itself', () => {
    expect(cells('5" pipe,x\n')).toEqual([['5" pipe', 'x']]);
  });

  test('takes blanks around a quoted cell for padding', () => {
    expect(cells('a , "b, c" ,d\n')).toEqual([['a ', 'b, c', 'd']]);
  });

  test('finds an unclosed quote where it opens and loses that line only', () => {
    const records = scan('1,"open\n2,"b, c"\n3,d\n');
    expect(records.map(({ line, problem }) => [line, problem !== undefined])).toEqual([
      [1, true],
      [2, false],
      [3, false],
    ]);
    expect(records[1]?.cells).toEqual(['2', 'b, c']);
    expect(records[0]?.raw).toBe('1,"open');
  });

  test('finds a quote that nothing closes until the end of the file', () => {
    expect(scan('1,"open\n2,b\n').map(({ problem, cells: row }) => problem ?? row)).toEqual([
      'a quote opens here and is never closed',
      ['2', 'b'],
    ]);
  });

  test('gives up a row above the limit, whatever the pieces, and goes on after it', () => {
    for (const piece of [1, 7, 100, 5_000]) {
      const records = scan(`a\n${'x'.repeat(3_000)}\nb\n`, { piece });
      expect(records.map(({ problem, raw }) => problem ?? raw)).toEqual([
        'a',
        'the row is longer than 1000 characters',
        'b',
      ]);
    }
  });

  test('gives the same rows however the text is cut into pieces', () => {
    const text = fc.stringMatching(/^[ab"\r\n, ]{0,60}$/);
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 9 }), (sample, piece) => {
        expect(scan(sample, { piece, limit: 10_000 })).toEqual(scan(sample, { limit: 10_000 }));
      }),
      { numRuns: 2_000 },
    );
  });

  test('gives the same rows whatever the pieces where rows are too long', () => {
    const sample = fc.stringMatching(/^[ab"\r\n, ]{0,60}$/);
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(sample, sizes, fc.integer({ min: 1, max: 12 }), (text, pieces, limit) => {
        const scanner = createScanner(',', limit);
        const records: CsvRecord[] = [];
        let at = 0;
        for (const size of pieces) {
          records.push(...scanner.push(text.slice(at, at + size), false));
          at += size;
        }
        records.push(...scanner.push(text.slice(at), true));
        expect(records).toEqual(scan(text, { limit }));
      }),
      { numRuns: 5_000 },
    );
  });

  test('keeps the beginning of a line above the limit, and counts it once', () => {
    const long = 'x'.repeat(3_000);
    for (const piece of [1, 7, 3_002, 3_003, 9_000]) {
      const records = scan(`a\n${long}\r\nb\r${long}\rc\n`, { piece });
      expect(records.map(({ line, raw }) => [line, raw.length])).toEqual([
        [1, 1],
        [2, 1_000],
        [3, 1],
        [4, 1_000],
        [5, 1],
      ]);
    }
  });

  test.for([
    { kind: 'plain', unit: 'lorem ipsum ' },
    { kind: 'quoted', unit: 'lorem ""ipsum""\n' },
  ])('looks at each character of a long $kind row a few times at most', ({ kind, unit }) => {
    const cell = unit.repeat(4_000);
    const text = kind === 'quoted' ? `"${cell}",b\n` : `${cell},b\n`;
    const looked = countSearched(() => {
      expect(scan(text, { piece: 100, limit: 1_000_000 })).toHaveLength(1);
    });
    // Three characters are looked for, twice as a row doubles, and once more in a quoted cell and for its line ends.
    expect(looked / text.length).toBeLessThan(12);
  });

  test('reads quotes in a long cell as it does in a short one', () => {
    const long = fc
      .array(fc.constantFrom('"', '""', 'a', '\n'), { minLength: 1, maxLength: 9 })
      .map((letters) => letters.join('').repeat(6_000));
    fc.assert(
      fc.property(long, (cell) => {
        expect(cells(formatCsvRow([cell, 'b'], { raw: true }), { limit: 1_000_000 })).toEqual([[cell, 'b']]);
      }),
      { numRuns: 30 },
    );
  });

  test('reads back what was written, under every delimiter', () => {
    const row = fc.array(fc.string({ unit: 'grapheme', maxLength: 12 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 5 }),
        fc.constantFrom(',', ';', '\t', '|', ':'),
        (rows, delimiter) => {
          const text = rows.map((one) => formatCsvRow(one, { delimiter, raw: true })).join('');
          expect(cells(text, { delimiter, limit: 10_000 })).toEqual(rows);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('agrees with csv-parse on everything that was written well', () => {
    const cell = fc.oneof(fc.stringMatching(/^[a-z .é-]{0,8}$/), fc.stringMatching(/^[a-z",\r\n]{0,8}$/));
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
        (rows) => {
          const text = rows.map((one) => formatCsvRow(one, { raw: true })).join('');
          expect(cells(text)).toEqual(parse(text, { relax_column_count: true, record_delimiter: '\n' }));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('never fails and never loses a line, whatever the text', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a"\r\n,;\t ]{0,80}$/), (text) => {
        for (const record of scan(text)) expect(text).toContain(record.raw);
      }),
      { numRuns: 1_000 },
    );
  });
});
