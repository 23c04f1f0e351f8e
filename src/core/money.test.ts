import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  currencyExponent,
  findMinorUnits,
  formatMinorUnits,
  isCurrency,
  parseMinorUnits,
  percentageFraction,
  percentageOf,
} from './money.ts';

describe('findMinorUnits', () => {
  it.each([
    ['25.00', 'EUR', 2_500],
    ['25', 'EUR', 2_500],
    ['0.1', 'EUR', 10],
    ['-3.05', 'EUR', -305],
    ['1.500', 'EUR', 150],
    ['2500', 'JPY', 2_500],
    ['1.234', 'KWD', 1_234],
  ])('reads %s %s', (text, currency, minor) => {
    expect(findMinorUnits(text, currency)).toBe(minor);
  });

  it.each([
    ['0.001', 'EUR'],
    ['1.5', 'JPY'],
    ['1e3', 'EUR'],
    ['', 'EUR'],
    ['NaN', 'EUR'],
    ['99999999999999999999', 'EUR'],
  ])('refuses %s %s', (text, currency) => {
    expect(findMinorUnits(text, currency)).toBeUndefined();
  });

  it('never goes through floating point: what is written reads back', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom('EUR', 'JPY', 'KWD'), (minor, currency) => {
        expect(findMinorUnits(formatMinorUnits(minor, currency), currency)).toBe(
          Object.is(minor, -0) ? 0 : minor,
        );
      }),
    );
  });

  it('says what an amount looks like', () => {
    expect(() => parseMinorUnits('ten', 'EUR', 'min_amount')).toThrowError(
      /min_amount: "ten" is not an amount in EUR/,
    );
  });
});

describe('percentageOf', () => {
  it.each([
    [1_000, '10', 100],
    [1_005, '10', 101],
    [1_004, '10', 100],
    [333, '33.333', 111],
    [1, '50', 1],
    [0, '10', 0],
  ])('takes of %i %s %%, half up', (minor, percent, expected) => {
    expect(percentageOf(minor, percent)).toBe(expected);
  });

  it('stays exact for amounts beyond 2^53 / 100', () => {
    expect(percentageOf(Number.MAX_SAFE_INTEGER, '100')).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('currencies', () => {
  it('knows the exponents', () => {
    expect([currencyExponent('EUR'), currencyExponent('JPY'), currencyExponent('KWD')]).toEqual([2, 0, 3]);
  });

  it('knows real codes only', () => {
    expect([isCurrency('EUR'), isCurrency('eur'), isCurrency('XXQ')]).toEqual([true, false, false]);
  });
});

describe('percentageFraction', () => {
  it('is the percentage, reduced', () => {
    expect(percentageFraction('12.5')).toEqual({ numerator: 1, denominator: 8 });
    expect(percentageFraction('33.3333')).toEqual({ numerator: 333_333, denominator: 1_000_000 });
    expect(percentageFraction('100')).toEqual({ numerator: 1, denominator: 1 });
  });
});
