/**
 * What codes are written in: no `0 O 1 I L U`, no vowels, and no `Y`, which is sometimes one. The 27 that are left are
 * the elements of the field GF(27), each standing for its place here.
 */
export const CODE_ALPHABET = '23456789BCDFGHJKMNPQRSTVWXZ';

const VALUES = new Map([...CODE_ALPHABET].map((symbol, value) => [symbol, value]));
const DIGITS = [...CODE_ALPHABET];

// An element is three ternary digits, the coefficients of 1, x and x². Addition goes digit by digit.
function addDigits(a: number, b: number): number {
  let sum = 0;
  for (const place of [1, 3, 9]) {
    sum += place * ((Math.floor(a / place) + Math.floor(b / place)) % 3);
  }
  return sum;
}

// Times x modulo the primitive polynomial x³ + 2x + 1, where x³ = x + 2.
function timesX(a: number): number {
  const carry = Math.floor(a / 9);
  return addDigits((a % 9) * 3, addDigits(3 * carry, (2 * carry) % 3));
}

// STEP[sum * 27 + value] = sum · x + value: one step of evaluating a code as a polynomial in x.
const STEP = Uint8Array.from({ length: 27 * 27 }, (_, index) =>
  addDigits(timesX(Math.floor(index / 27)), index % 27),
);

/**
 * The value of the symbol that makes `payload` a code: a polynomial over GF(27) with the symbols as coefficients must be
 * 0 at x. The weights of any two places differ (up to 26 symbols) and none is 0, so no single substitution and no swap of
 * two different symbols leaves the sum at 0.
 */
export function checkSymbolOf(payload: readonly number[]): number {
  return checkOfSum(evaluate(payload));
}

/** A code of `length` symbols whose values, all but the last, come from `draw` (0 to 26 each). */
export function drawSymbols(length: number, draw: () => number): string {
  let text = '';
  let sum = 0;
  for (let place = 1; place < length; place += 1) {
    const value = draw();
    sum = STEP[sum * 27 + value] ?? 0;
    text += DIGITS[value];
  }
  return text + DIGITS[checkOfSum(sum)];
}

// What must follow so that sum · x + check = 0: −a = 2a where 3 = 0.
function checkOfSum(sum: number): number {
  const next = STEP[sum * 27] ?? 0;
  return addDigits(next, next);
}

/** Is the last symbol the check symbol of the others? False where a symbol is not of the alphabet. */
export function hasCheckSymbol(code: string): boolean {
  const values: number[] = [];
  for (const symbol of code) {
    const value = VALUES.get(symbol);
    if (value === undefined) return false;
    values.push(value);
  }
  return evaluate(values) === 0;
}

/** The symbols of values 0 to 26. */
export function writeSymbols(values: readonly number[]): string {
  let text = '';
  for (const value of values) text += DIGITS[value] ?? '';
  return text;
}

function evaluate(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum = STEP[sum * 27 + value] ?? 0;
  return sum;
}
