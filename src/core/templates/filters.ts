import { currencyExponent, isCurrency } from '../money.ts';
import { isTimezone } from '../time.ts';

/** Language, region and time zone that a recipient's values are written in. */
export interface Writing {
  readonly locale: string;
  readonly timezone: string;
  /** Used by `money` when it is given none. */
  readonly currency: string;
}

type Scalar = string | number | boolean;

export interface Filter {
  readonly description: string;
  readonly example: string;
  readonly arguments: readonly [least: number, most: number];
  /** Undefined when the value can't be written so: then the variable counts as missing. */
  readonly apply: (value: Scalar, options: readonly Scalar[], writing: Writing) => Scalar | undefined;
}

const DATE_STYLES = {
  short: { dateStyle: 'short' },
  medium: { dateStyle: 'medium' },
  long: { dateStyle: 'long' },
  full: { dateStyle: 'full' },
  day: { day: 'numeric', month: 'long' },
  weekday: { weekday: 'long', day: 'numeric', month: 'long' },
  time: { timeStyle: 'short' },
  datetime: { dateStyle: 'long', timeStyle: 'short' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

const dateFormats = new Map<string, Intl.DateTimeFormat>();
const numberFormats = new Map<string, Intl.NumberFormat>();
const locales = new Map<string, string>();

/** The styles that `date` takes. */
export const dateStyles: readonly string[] = Object.keys(DATE_STYLES);

/** The named filters; there are no others. `default` is part of the language itself and stands here for its arguments. */
export const filters: Readonly<Record<string, Filter>> = {
  default: {
    description: 'another value where there is none',
    example: '{{ first_name | default: "there" }}',
    arguments: [1, 1],
    apply: (value) => value,
  },
  date: {
    description: `a time as a date: ${Object.keys(DATE_STYLES).join(', ')} (long unless given)`,
    example: '{{ last_day | date: "weekday" }}',
    arguments: [0, 1],
    apply: (value, [style = 'long'], writing) => formatDate(String(value), String(style), writing),
  },
  money: {
    description: 'an amount with its currency',
    example: '{{ reward_amount | money: reward_currency }}',
    arguments: [0, 1],
    apply: (value, [currency], writing) =>
      formatMoney(String(value), String(currency ?? writing.currency), writing.locale),
  },
  number: {
    description: 'a number, grouped; optionally with so many decimals',
    example: '{{ points | number }}',
    arguments: [0, 1],
    apply: (value, [decimals], { locale }) =>
      formatNumber(String(value), locale, decimals === undefined ? 'plain' : `decimals:${decimals}`),
  },
  percent: {
    description: 'a number of percent',
    example: '{{ attributes.discount | percent }}',
    arguments: [0, 0],
    apply: (value, _options, { locale }) => formatNumber(String(value), locale, 'percent'),
  },
  upcase: {
    description: 'upper case',
    example: '{{ tier | upcase }}',
    arguments: [0, 0],
    apply: (value, _options, { locale }) => String(value).toLocaleUpperCase(knownLocale(locale)),
  },
  downcase: {
    description: 'lower case',
    example: '{{ tier | downcase }}',
    arguments: [0, 0],
    apply: (value, _options, { locale }) => String(value).toLocaleLowerCase(knownLocale(locale)),
  },
  capitalize: {
    description: 'the first letter in upper case, the rest as it is',
    example: '{{ first_name | capitalize }}',
    arguments: [0, 0],
    apply: (value, _options, { locale }) => capitalize(String(value), knownLocale(locale)),
  },
  strip: {
    description: 'without blanks at both ends',
    example: '{{ attributes.city | strip }}',
    arguments: [0, 0],
    apply: (value) => String(value).trim() || undefined,
  },
  truncate: {
    description: 'at most so many characters, the last one an ellipsis',
    example: '{{ first_name | truncate: 20 }}',
    arguments: [1, 1],
    apply: (value, [length]) => truncate(String(value), Number(length)),
  },
  append: {
    description: 'with a text after it',
    example: '{{ first_name | append: "," }}',
    arguments: [1, 1],
    apply: (value, [text]) => `${value}${text}`,
  },
  prepend: {
    description: 'with a text before it',
    example: '{{ tier | prepend: "level " }}',
    arguments: [1, 1],
    apply: (value, [text]) => `${text}${value}`,
  },
};

/** An amount (a decimal string) in the way of a locale, or undefined when it is none. */
export function formatMoney(amount: string, currency: string, locale: string): string | undefined {
  if (!isAmount(amount) || !isKnownCurrency(currency)) return undefined;
  const key = `money:${currency}:${locale}`;
  let format = numberFormats.get(key);
  if (format === undefined) {
    const digits = currencyExponent(currency);
    format = new Intl.NumberFormat(knownLocale(locale), {
      style: 'currency',
      currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    numberFormats.set(key, format);
  }
  // Intl takes decimal strings and keeps every digit of them; its types know only numbers.
  return format.format(amount as unknown as number);
}

/** A locale that `Intl` can use: underscores become hyphens, an unusable one becomes `en`. */
export function knownLocale(locale: string): string {
  let known = locales.get(locale);
  if (known === undefined) {
    try {
      known = Intl.getCanonicalLocales(locale.replaceAll('_', '-').split('.')[0] ?? '')[0] ?? 'en';
    } catch {
      known = 'en';
    }
    // Locales come from customers' data: keep the cache bounded.
    if (locales.size > 10_000) locales.clear();
    locales.set(locale, known);
  }
  return known;
}

function formatDate(text: string, style: string, { locale, timezone }: Writing): string | undefined {
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  const options = Object.hasOwn(DATE_STYLES, style)
    ? DATE_STYLES[style as keyof typeof DATE_STYLES]
    : undefined;
  if (Number.isNaN(time) || options === undefined) return undefined;
  const key = `${style}:${locale}:${timezone}`;
  let format = dateFormats.get(key);
  if (format === undefined) {
    const timeZone = isTimezone(timezone) ? timezone : 'UTC';
    format = new Intl.DateTimeFormat(knownLocale(locale), { ...options, timeZone });
    if (dateFormats.size > 10_000) dateFormats.clear();
    dateFormats.set(key, format);
  }
  return format.format(time);
}

function formatNumber(text: string, locale: string, kind: string): string | undefined {
  if (!isAmount(text)) return undefined;
  const key = `${kind}:${locale}`;
  let format = numberFormats.get(key);
  if (format === undefined) {
    const digits = Math.min(20, Math.max(0, Math.trunc(Number(kind.split(':')[1])) || 0));
    const options: Intl.NumberFormatOptions =
      kind === 'percent'
        ? { style: 'unit', unit: 'percent', maximumFractionDigits: 6 }
        : kind === 'plain'
          ? { maximumFractionDigits: 6 }
          : { minimumFractionDigits: digits, maximumFractionDigits: digits };
    format = new Intl.NumberFormat(knownLocale(locale), options);
    if (numberFormats.size > 10_000) numberFormats.clear();
    numberFormats.set(key, format);
  }
  return format.format(text as unknown as number);
}

function isAmount(text: string): boolean {
  return /^-?\d{1,30}(?:\.\d{1,20})?$/.test(text);
}

const currencies = new Map<string, boolean>();

function isKnownCurrency(currency: string): boolean {
  let known = currencies.get(currency);
  if (known === undefined) {
    known = isCurrency(currency);
    if (currencies.size > 1_000) currencies.clear();
    currencies.set(currency, known);
  }
  return known;
}

function capitalize(text: string, locale: string): string {
  const [first = ''] = text;
  return first.toLocaleUpperCase(locale) + text.slice(first.length);
}

function truncate(text: string, length: number): string {
  const characters = [...text];
  if (!(length >= 1) || characters.length <= length) return text;
  return `${characters
    .slice(0, Math.trunc(length) - 1)
    .join('')
    .trimEnd()}…`;
}
