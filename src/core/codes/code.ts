import type { Random } from '../random.ts';
import { drawSymbols, hasCheckSymbol } from './check-symbol.ts';

/** How long a code may be, its check symbol included; 26 is where the check symbol stops catching every swap. */
export const CODE_LENGTH = { min: 6, max: 20, standard: 8 } as const;

/** How long a code is good for unless told otherwise. */
export const CODE_DAYS = 365;

const BYTES_AT_ONCE = 16_384;
/** The greatest multiple of 27 below 256: a byte from here on is thrown away, so that every symbol is equally likely. */
const FAIR_BYTES = 243;

// What people write for a symbol that is in no code, and letters of other scripts that look the same.
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  ...{ '0': 'Q', O: 'Q', '1': 'J', I: 'J', L: 'J', U: 'V', Y: 'V' },
  ...{ В: 'B', С: 'C', Н: 'H', К: 'K', М: 'M', Р: 'P', Т: 'T', Х: 'X', З: '3', Ѕ: 'S', Ј: 'J' },
  ...{ Β: 'B', Η: 'H', Κ: 'K', Μ: 'M', Ν: 'N', Ρ: 'P', Τ: 'T', Χ: 'X', Ζ: 'Z' },
};

// A code as it is written in exports: nothing about it has to be normalised.
const NORMAL = /^[2-9A-HJKMNP-TV-XZ]*$/;
const BLANKS_AND_DASHES = /[\s\p{Pd}\p{Cf}_.·'"`]+/gu;

/**
 * A code as the database writes it, from how a person did: any case, with blanks, dashes or dots, in full-width or
 * look-alike letters. A symbol that is in no code becomes the one that looks most like it; whether that was right, the
 * check symbol says.
 */
export function normaliseCode(text: string): string {
  if (NORMAL.test(text)) return text;
  const plain = text.normalize('NFKC').replace(BLANKS_AND_DASHES, '').toUpperCase();
  let code = '';
  for (const symbol of plain) code += LOOK_ALIKES[symbol] ?? symbol;
  return code;
}

/** Does this normalised text have the length, the alphabet and the check symbol of a code? */
export function isCode(code: string): boolean {
  return code.length >= CODE_LENGTH.min && code.length <= CODE_LENGTH.max && hasCheckSymbol(code);
}

/** A new code of `length` symbols, the last one the check symbol. */
export function createCode(random: Random, length: number = CODE_LENGTH.standard): string {
  return codeMaker(random, length)();
}

/** A function that makes one new code after the other, from few large draws of randomness. */
export function codeMaker(random: Random, length: number = CODE_LENGTH.standard): () => string {
  let bytes: Uint8Array = new Uint8Array();
  let next = 0;
  const drawValue = (): number => {
    for (;;) {
      if (next >= bytes.length) {
        bytes = random.bytes(BYTES_AT_ONCE);
        next = 0;
      }
      const byte = bytes[next++] ?? FAIR_BYTES;
      if (byte < FAIR_BYTES) return byte % 27;
    }
  };
  return () => drawSymbols(length, drawValue);
}
