import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemRandom } from '../random.ts';
import { CODE_ALPHABET, checkSymbolOf, hasCheckSymbol, writeSymbols } from './check-symbol.ts';
import { CODE_LENGTH, codeMaker, createCode, isCode, normaliseCode } from './code.ts';
import { listCodesTwoSymbolsAway, listNearCodes } from './near-codes.ts';

const symbols = fc.integer({ min: 0, max: 26 });
const codes = fc
  .array(symbols, { minLength: CODE_LENGTH.min - 1, maxLength: CODE_LENGTH.max - 1 })
  .map((payload) => writeSymbols([...payload, checkSymbolOf(payload)]));

describe('codes', () => {
  it('are written without 0 O 1 I L U and without vowels', () => {
    expect(CODE_ALPHABET).toHaveLength(27);
    expect(new Set(CODE_ALPHABET).size).toBe(27);
    expect(CODE_ALPHABET).not.toMatch(/[01OILUAEY]/);
  });

  it('catch every substitution and every swap at every pair of neighbouring places, for all symbols', () => {
    // The check is linear: an error leaves a code valid exactly when the difference alone sums to 0.
    // So all pairs of symbols, at each place of the longest code, are all the cases there are.
    const zeros = new Array<number>(CODE_LENGTH.max).fill(0);
    let tried = 0;
    for (let at = 0; at < CODE_LENGTH.max; at += 1) {
      for (let right = 0; right < 27; right += 1) {
        for (let wrong = 0; wrong < 27; wrong += 1) {
          if (right === wrong) continue;
          const sent = validWith(zeros, at, right, wrong);
          const typed = [...sent];
          typed[at] = wrong;
          expect(hasCheckSymbol(writeSymbols(sent))).toBe(true);
          if (hasCheckSymbol(writeSymbols(typed)))
            throw new Error(`${at}: ${right} for ${wrong} slips through`);
          if (at + 1 < CODE_LENGTH.max) {
            const swapped = validWith(zeros, at, right, wrong);
            [swapped[at], swapped[at + 1]] = [swapped[at + 1] ?? 0, swapped[at] ?? 0];
            if (swapped[at] !== swapped[at + 1] && hasCheckSymbol(writeSymbols(swapped))) {
              throw new Error(`${at}: ${right}${wrong} swapped slips through`);
            }
          }
          tried += 1;
        }
      }
    }
    expect(tried).toBe(CODE_LENGTH.max * 27 * 26);
  });

  it('catch every single substitution and every swap of neighbours in whole random codes', () => {
    fc.assert(
      fc.property(codes, (code) => {
        expect(isCode(code)).toBe(true);
        for (let at = 0; at < code.length; at += 1) {
          for (const symbol of CODE_ALPHABET) {
            if (symbol !== code[at])
              expect(isCode(code.slice(0, at) + symbol + code.slice(at + 1))).toBe(false);
          }
          if (at + 1 < code.length && code[at] !== code[at + 1]) {
            expect(isCode(code.slice(0, at) + code[at + 1] + code[at] + code.slice(at + 2))).toBe(false);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are read however a person writes them', () => {
    fc.assert(
      fc.property(codes, fc.array(fc.constantFrom('', ' ', '-', '–', ' - ', '.')), (code, blanks) => {
        const spread = [...code].map((symbol, at) => (blanks[at] ?? '') + symbol.toLowerCase()).join('');
        expect(normaliseCode(` ${spread} `)).toBe(code);
        expect(normaliseCode(normaliseCode(spread))).toBe(code);
      }),
    );
    expect(normaliseCode('ｂ2 с-0U')).toBe('B2CQV');
    expect(['0', '1', 'O', 'I', 'L', 'U', 'Y'].map(normaliseCode)).toEqual([
      'Q',
      'J',
      'Q',
      'J',
      'J',
      'V',
      'V',
    ]);
  });

  it('have the length asked for, and each symbol about as often as the others', () => {
    const make = codeMaker(systemRandom, 10);
    const counts = new Map<string, number>();
    for (let n = 0; n < 27_000; n += 1) {
      const code = make();
      expect(code).toHaveLength(10);
      for (const symbol of code) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
    }
    // 10,000 expected each, with a standard deviation below 100.
    for (const symbol of CODE_ALPHABET)
      expect(Math.abs((counts.get(symbol) ?? 0) - 10_000)).toBeLessThan(700);
  });

  it('throw away the bytes that would make some symbols likelier', () => {
    const bytes = [255, 243, 0, 26, 27, 242, 1, 2, 3];
    const random = { bytes: () => Uint8Array.from(bytes) };
    expect(createCode(random, 8).slice(0, 7)).toBe(writeSymbols([0, 26, 0, 26, 1, 2, 3]));
  });

  it('are found again from one slip or two wrong symbols', () => {
    const code = createCode(systemRandom);
    const other = (symbol: string | undefined) => (symbol === '2' ? '3' : '2');
    expect(listNearCodes(other(code[0]) + code.slice(1))).toContain(code);
    expect(listNearCodes(code.slice(1))).toContain(code);
    expect(listNearCodes(`${code.slice(0, 3)}Z${code.slice(3)}`)).toContain(code);
    const twice = other(code[0]) + code.slice(1, 4) + other(code[4]) + code.slice(5);
    expect(listCodesTwoSymbolsAway(twice)).toContain(code);
  });
});

// A code with `symbol` at `at` and `beside` after it; another place takes what makes the whole valid.
function validWith(zeros: readonly number[], at: number, symbol: number, beside: number): number[] {
  const values = [...zeros];
  values[at] = symbol;
  if (at + 1 < values.length) values[at + 1] = beside;
  const free = at >= 2 ? 0 : values.length - 1;
  for (let value = 0; value < 27; value += 1) {
    values[free] = value;
    if (hasCheckSymbol(writeSymbols(values))) return values;
  }
  throw new Error('no symbol makes it valid');
}
