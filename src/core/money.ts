import { ReferralError } from './errors.ts';

const DECIMAL = /^([+-])?(\d+)(?:\.(\d+))?$/;
// Of so many digits every whole number is exact.
const SAFE_DIGITS = 15;
const exponents = new Map<string, number>();
// Asking the runtime makes the whole list each time.
let currencies: ReadonlySet<string> | undefined;

/** Is this an ISO 4217 code that the runtime knows? Upper case only. */
export function isCurrency(code: string): boolean {
  currencies ??= new Set(Intl.supportedValuesOf('currency'));
  return currencies.has(code);
}

/** Digits after the decimal point of a currency: 2 for EUR, 0 for JPY, 3 for KWD (ISO 4217 as kept by CLDR). */
export function currencyExponent(currency: string): number {
  let exponent = exponents.get(currency);
  if (exponent === undefined) {
    const options = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
    exponent = options.maximumFractionDigits ?? 2;
    exponents.set(currency, exponent);
  }
  return exponent;
}

/** `"25.00"` → 2500 for EUR, or undefined when the text is no decimal or finer than the currency allows. */
export function findMinorUnits(text: string, currency: string): number | undefined {
  return findScaledInteger(text, currencyExponent(currency));
}

/** As `findMinorUnits`, but throws `usage`; `what` names the flag or field. */
export function parseMinorUnits(text: string, currency: string, what: string): number {
  const minor = findMinorUnits(text, currency);
  if (minor === undefined) {
    throw new ReferralError('usage', `${what}: "${text}" is not an amount in ${currency}`, {
      hint: `Write a decimal with at most ${currencyExponent(currency)} digits after the point, such as ${formatMinorUnits(2500, currency)}.`,
    });
  }
  return minor;
}

/** 2500 → `"25.00"` for EUR, `"2500"` for JPY: the decimal string used in CSV and JSON. */
export function formatMinorUnits(minor: number, currency: string): string {
  return formatScaledInteger(minor, currencyExponent(currency));
}

/** A decimal text as an integer scaled by 10^exponent, or undefined; exact, never through floating point. */
export function findScaledInteger(text: string, exponent: number): number | undefined {
  const [, sign, whole, fraction = ''] = DECIMAL.exec(text.trim()) ?? [];
  if (whole === undefined) return undefined;
  const significant = fraction.endsWith('0') ? fraction.replace(/0+$/, '') : fraction;
  if (significant.length > exponent) return undefined;
  const digits = whole + significant.padEnd(exponent, '0');
  const value = digits.length <= SAFE_DIGITS ? Number(digits) : Number(BigInt(digits));
  if (!Number.isSafeInteger(value)) return undefined;
  return sign === '-' && value !== 0 ? -value : value;
}

/** The inverse of `findScaledInteger`, always with `exponent` digits after the point. */
export function formatScaledInteger(value: number, exponent: number): string {
  const digits = Math.abs(value)
    .toString()
    .padStart(exponent + 1, '0');
  const sign = value < 0 ? '-' : '';
  return exponent === 0 ? sign + digits : `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** `percent` (a decimal string such as "12.5") of an amount ≥ 0 in minor units, rounded half up to the minor unit. */
export function percentageOf(minor: number, percent: string): number {
  const scaled = findScaledInteger(percent, 6);
  if (scaled === undefined) throw new RangeError(`"${percent}" is not a percentage`);
  const denominator = 100n * 1_000_000n;
  return Number((BigInt(minor) * BigInt(scaled) * 2n + denominator) / (denominator * 2n));
}

/** The same percentage as a reduced fraction of whole numbers: `"12.5"` is 1 / 8. */
export function percentageFraction(percent: string): {
  readonly numerator: number;
  readonly denominator: number;
} {
  const scaled = findScaledInteger(percent, 6);
  if (scaled === undefined) throw new RangeError(`"${percent}" is not a percentage`);
  let [a, b] = [scaled, 100_000_000];
  while (b !== 0) [a, b] = [b, a % b];
  return { numerator: scaled / a, denominator: 100_000_000 / a };
}
