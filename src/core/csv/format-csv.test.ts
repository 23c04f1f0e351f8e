import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeFormula, formatCsvRow, unescapeFormula } from './format-csv.ts';

describe('writing CSV', () => {
  test.each([
    '=1+1',
    '+SUM(A1)',
    '-2+3',
    '@cmd',
    '\t=1',
    '\n=1',
    '\r=1',
    ' =1',
    '  +x',
    '\uFF1D1',
    '-1-1',
    '+1-2',
  ])('puts a quote before %j', (text) => {
    expect(escapeFormula(text)).toBe(`'${text}`);
  });

  test.each(['', 'a', '-5', '+5.25', '-0.5', '+31 6 1234 5678', '2026-01-01', 'a=b', '(1)'])(
    'leaves %j alone',
    (text) => {
      expect(escapeFormula(text)).toBe(text);
    },
  );

  test('quotes what needs quotes and nothing else', () => {
    expect(formatCsvRow(['a', 'b,c', 'd"e', 'f\ng', ' h', 1, null, undefined, true])).toBe(
      'a,"b,c","d""e","f\ng"," h",1,,,true\n',
    );
    expect(formatCsvRow(['a,b', 'c;d'], { delimiter: ';' })).toBe('a,b;"c;d"\n');
    expect(formatCsvRow([''])).toBe('""\n');
  });

  test('leaves formulas as they are for machines', () => {
    expect(formatCsvRow(['=1'], { raw: true })).toBe('=1\n');
  });

  test('reading back what was escaped gives the same text', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom("'", '=', '-', '1', ' ') }));
    fc.assert(fc.property(text, (one) => unescapeFormula(escapeFormula(one)) === one));
    expect(unescapeFormula("'=1")).toBe('=1');
    expect(escapeFormula("'=1")).toBe("''=1");
    expect(unescapeFormula("'hello")).toBe("'hello");
  });
});
