export type DecimalMark = '.' | ',';

// Symbols and codes that may stand before or after an amount.
const SIGN = '(?:[A-Z]{1,2}\\$|[€$£¥₹₺₽₩₪₫₴฿₱]|[A-Z]{3}|[Kk]r\\.?|zł|Kč|Ft|lei|лв\\.?|Fr\\.)';
const CURRENCY = new RegExp(`^${SIGN}\\s*|\\s*${SIGN}$`, 'g');
// Signs of one currency alone; £ is the pound of others too, but theirs carry a code in exports.
const SYMBOL_CODES: Readonly<Record<string, string>> = {
  '€': 'EUR',
  '£': 'GBP',
  '₹': 'INR',
  '₺': 'TRY',
  '₽': 'RUB',
  '₩': 'KRW',
  '₪': 'ILS',
  zł: 'PLN',
  Kč: 'CZK',
  Ft: 'HUF',
};
const SYMBOLS = /[€£₹₺₽₩₪]|zł|Kč|Ft/;
// `12,-` and `12.—`, as whole amounts are written by hand.
const NO_CENTS = /[.,][-–—]+$/;
const PLAIN = /^[+-]?\d+(?:\.\d+)?$/;
const SPACES = /[\s\u00A0\u2009\u202F'’]/g;

export interface AmountText {
  /** A plain decimal: `-1234.50`. */
  readonly amount: string;
  /** ISO 4217, when the text carries a code or a sign that belongs to one currency alone. */
  readonly currency: string | undefined;
}

/**
 * `€ 1.234,50`, `1,234.50 USD`, `(12.00)` → a plain decimal text and the currency, or undefined. `mark` is the decimal sign of the
 * column where it is known; without it, a lone `,` before exactly three digits separates thousands and a lone `.` is a decimal point.
 */
export function parseAmountText(text: string, mark?: DecimalMark): AmountText | undefined {
  const trimmed = text.trim().replace(NO_CENTS, '');
  if (PLAIN.test(trimmed) && mark !== ',') return { amount: trimmed.replace(/^\+/, ''), currency: undefined };
  const negative = /^\(.*\)$|^-|-$/.test(trimmed);
  const unsigned = trimmed.replace(/^\(|\)$|^[+-]\s*|-$/g, '').trim();
  const currency = currencyOf(unsigned);
  const digits = unsigned.replace(CURRENCY, '').replace(/^[+-]/, '').replace(SPACES, '');
  const amount = normaliseDigits(digits, mark);
  if (amount === undefined) return undefined;
  const isNegative = negative || /^\D*-/.test(unsigned);
  return { amount: isNegative && /[1-9]/.test(amount) ? `-${amount}` : amount, currency };
}

/** As `parseAmountText`, the decimal alone. */
export function parseDecimalText(text: string, mark?: DecimalMark): string | undefined {
  return parseAmountText(text, mark)?.amount;
}

/** The decimal sign that a column's values give away: one that stands last beside the other, or before other than three digits. */
export function decideDecimalMark(values: Iterable<string>): DecimalMark | undefined {
  for (const value of values) {
    const mark = markOf(value.trim().replace(CURRENCY, '').replace(SPACES, ''));
    if (mark !== undefined) return mark;
  }
  return undefined;
}

function markOf(digits: string): DecimalMark | undefined {
  const point = digits.lastIndexOf('.');
  const comma = digits.lastIndexOf(',');
  const at = Math.max(point, comma);
  if (at === -1 || !/^[+-]?[\d.,]+$/.test(digits)) return undefined;
  const mark = at === point ? '.' : ',';
  if (point !== -1 && comma !== -1) return mark;
  const couldBeThousands = digits.length - at - 1 === 3 && at <= 3 && !digits.startsWith('0');
  return couldBeThousands || digits.indexOf(mark) !== at ? undefined : mark;
}

function currencyOf(text: string): string | undefined {
  const code = /(?:^|[^A-Z])([A-Z]{3})(?:$|[^A-Z])/.exec(text)?.[1];
  if (code !== undefined) return code;
  const symbol = SYMBOLS.exec(text)?.[0];
  return symbol === undefined ? undefined : SYMBOL_CODES[symbol];
}

function normaliseDigits(digits: string, mark: DecimalMark | undefined): string | undefined {
  if (!/^[\d.,]*\d[\d.,]*$/.test(digits)) return undefined;
  const decimal = mark ?? guessMark(digits);
  const thousands = decimal === ',' ? '.' : ',';
  const [whole = '', fraction, ...more] = digits.split(decimal);
  if (more.length > 0 || fraction?.includes(thousands) === true || fraction === '') return undefined;
  const groups = whole.split(thousands);
  if (
    groups.length > 1 &&
    !groups.every((group, index) => (index === 0 ? /^\d{1,3}$/ : /^\d{3}$/).test(group))
  )
    return undefined;
  const joined = groups.join('') || '0';
  return fraction === undefined ? joined : `${joined}.${fraction}`;
}

function guessMark(digits: string): DecimalMark {
  const point = digits.lastIndexOf('.');
  const comma = digits.lastIndexOf(',');
  if (point !== -1 && comma !== -1) return point > comma ? '.' : ',';
  if (comma === -1) return digits.indexOf('.') === point ? '.' : ',';
  const isThousands = digits.indexOf(',') !== comma || /^\d{1,3},\d{3}$/.test(digits);
  return isThousands ? '.' : ',';
}
