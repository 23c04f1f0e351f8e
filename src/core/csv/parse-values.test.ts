import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideDateOrder, parseDate } from './parse-date.ts';
import { decideDecimalMark, parseAmountText, parseDecimalText } from './parse-decimal.ts';
import { hasForbiddenCharacters, isNothing, isTidy, parseBoolean, parseText } from './parse-values.ts';

describe('reading dates', () => {
  test.each([
    ['2013-08-21', '2013-08-21T00:00:00.000Z'],
    ['20130821', '2013-08-21T00:00:00.000Z'],
    ['2013/8/21', '2013-08-21T00:00:00.000Z'],
    ['21-08-2013', '2013-08-21T00:00:00.000Z'],
    ['8/21/2013', '2013-08-21T00:00:00.000Z'],
    ['01.02.2013', '2013-02-01T00:00:00.000Z'],
    ['21.08.2013 14:30', '2013-08-21T14:30:00.000Z'],
    ['8/21/2013 2:30 PM', '2013-08-21T14:30:00.000Z'],
    ['8/21/2013 12:05 AM', '2013-08-21T00:05:00.000Z'],
    ['2018-08-11 10:01:20', '2018-08-11T10:01:20.000Z'],
    ['03/03/2013', '2013-03-03T00:00:00.000Z'],
    ['01/02/2013', 'ambiguous'],
    ['31-02-2013', 'not_a_date'],
    ['20131301', 'not_a_date'],
    ['7/1/2015', 'ambiguous'],
    ['1 July 2015', '2015-07-01T00:00:00.000Z'],
    ['July 1st, 2015', '2015-07-01T00:00:00.000Z'],
    ['Wed, 1 Jul 2015 14:30', '2015-07-01T14:30:00.000Z'],
    ['Jul 1, 2015 2:30 PM', '2015-07-01T14:30:00.000Z'],
    ['woensdag 1 juli 2015', '2015-07-01T00:00:00.000Z'],
    ['1. März 2015', '2015-03-01T00:00:00.000Z'],
    ['1er août 2015', '2015-08-01T00:00:00.000Z'],
    ['1 de julio de 2015', '2015-07-01T00:00:00.000Z'],
    ['01-JUL-15', '2015-07-01T00:00:00.000Z'],
    ['01-JUL-69', '1969-07-01T00:00:00.000Z'],
    ['2015-Jul-01', '2015-07-01T00:00:00.000Z'],
    ['31 February 2015', 'not_a_date'],
    ['1 Jolly 2015', 'not_a_date'],
    ['42186', '2015-07-01T00:00:00.000Z'],
    ['42186.604166667', '2015-07-01T14:30:00.000Z'],
    ['42186,5', '2015-07-01T12:00:00.000Z'],
    ['12345', 'not_a_date'],
    ['99999', 'not_a_date'],
    ['soon', 'not_a_date'],
  ])('%s is %s', (text, expected) => {
    expect(parseDate(text)).toBe(expected);
  });

  test('takes the order of the column and the zone where the text has none', () => {
    expect(parseDate('01/02/2013', 'dmy')).toBe('2013-02-01T00:00:00.000Z');
    expect(parseDate('01/02/2013', 'mdy')).toBe('2013-01-02T00:00:00.000Z');
    expect(parseDate('01-07-2013', 'dmy', 'Europe/Amsterdam')).toBe('2013-06-30T22:00:00.000Z');
  });

  test('finds the order in the values of a column', () => {
    expect(decideDateOrder(['01/02/2013', '13/02/2013'])).toBe('dmy');
    expect(decideDateOrder(['01/02/2013', '01/13/2013'])).toBe('mdy');
    expect(decideDateOrder(['01/02/2013', 'x'])).toBeUndefined();
    expect(decideDateOrder(['13/02/2013', '02/13/2013'])).toBeUndefined();
  });
});

describe('reading decimals', () => {
  test.each([
    ['12', '12'],
    ['12.50', '12.50'],
    ['1.234,50', '1234.50'],
    ['1,234.50', '1234.50'],
    ['1,234', '1234'],
    ['1.234', '1.234'],
    ['12,5', '12.5'],
    ["1'234.50", '1234.50'],
    ['1 234,50', '1234.50'],
    ['€ 1.234,50', '1234.50'],
    ['1,234.50 USD', '1234.50'],
    ['-5', '-5'],
    ['(12.00)', '-12.00'],
    ['€ -3,50', '-3.50'],
    ['1.234.567', '1234567'],
    ['1.234,50 zł', '1234.50'],
    ['US$1,234.50', '1234.50'],
    ['CHF 1’234.50', '1234.50'],
    ['1 234,50 Kč', '1234.50'],
    ['12,-', '12'],
    ['R$ 5,50', '5.50'],
    ['₹ 5', '5'],
    ['1,23,4', undefined],
    ['12%', undefined],
    ['12,5 %', undefined],
    ['%12', undefined],
    ['twelve', undefined],
    ['', undefined],
    ['1.2.3', undefined],
  ])('%j is %j', (text, expected) => {
    expect(parseDecimalText(text)).toBe(expected);
  });

  test('takes the decimal sign of the column', () => {
    expect(parseDecimalText('1.234', ',')).toBe('1234');
    expect(parseDecimalText('1,234', ',')).toBe('1.234');
    expect(decideDecimalMark(['1.234', '5', '12,5'])).toBe(',');
    expect(decideDecimalMark(['1,234', '12.5'])).toBe('.');
    expect(decideDecimalMark(['1,234', '100'])).toBeUndefined();
  });

  test('finds the currency where the text has one', () => {
    expect(parseAmountText('EUR 12,50')?.currency).toBe('EUR');
    expect(parseAmountText('£12.50')).toEqual({ amount: '12.50', currency: 'GBP' });
    expect(parseAmountText('12,50 zł')?.currency).toBe('PLN');
    expect(parseAmountText('$12.50')?.currency).toBeUndefined();
  });

  test('reads every plain decimal as itself', () => {
    const decimal = fc
      .tuple(fc.integer(), fc.integer({ min: 0, max: 99 }))
      .map(([a, b]) => `${a}.${String(b).padStart(2, '0')}`);
    fc.assert(fc.property(decimal, (text) => parseDecimalText(text) === text));
  });
});

describe('reading other values', () => {
  test.each(['', '  ', 'NULL', 'NA', 'N/A', '\\N', '-', '#N/A', 'none'])('%j says nothing', (text) => {
    expect(isNothing(text)).toBe(true);
  });

  test('Null, Na and None with one capital may be names', () => {
    expect(['Null', 'Na', 'None'].map(isNothing)).toEqual([false, false, false]);
  });

  test('texts are trimmed and in NFC', () => {
    expect(parseText('  Zoe\u0308 ')).toBe('Zoë');
  });

  test('a tidy text is taken as it is', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('NULL', '', ' a', 'a ', 'a\n'));
    fc.assert(
      fc.property(text, (cell) => {
        if (!isTidy(cell)) return;
        expect(parseText(cell)).toBe(isNothing(cell) ? undefined : cell);
        expect(hasForbiddenCharacters(cell)).toBe(false);
      }),
    );
    const letters = Array.from({ length: 0x200 }, (_, code) => String.fromCharCode(code));
    expect(letters.filter(isTidy).join('')).toBe(letters.slice(0x21, 0x7f).join(''));
    expect(isTidy('a b')).toBe(true);
  });

  test('booleans in five languages', () => {
    expect(['Yes', 'ja', 'oui', 'Sí', 'WAHR', '1'].map(parseBoolean)).toEqual(
      Array.from({ length: 6 }, () => true),
    );
    expect(['no', 'nee', 'nein', 'non', 'FAUX', '0'].map(parseBoolean)).toEqual(
      Array.from({ length: 6 }, () => false),
    );
    expect(parseBoolean('perhaps')).toBeUndefined();
  });

  test('control and direction characters are found, accents and emoji are not', () => {
    expect(
      ['a\u0000', 'a\u001B[31m', '\u202Eabc', '\u2066x', '\uD800', 'a\nb\u0007', '\u0085', 'я\n\u202E'].map(
        hasForbiddenCharacters,
      ),
    ).not.toContain(false);
    expect(
      ['Zoë', 'Łoś', '李', '👩‍🚀', 'a\tb\nc', 'שלום', 'a\r\nя'].map(hasForbiddenCharacters),
    ).not.toContain(true);
  });
});
