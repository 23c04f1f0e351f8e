import type { Instant } from '../../time.ts';
import { zoneOffset } from '../../time.ts';
import type { Averages, Sums } from '../report.ts';
import type { Locale, Texts } from './texts.ts';
import { textsOf } from './texts-of.ts';

/** What stands where there is nothing to divide by. */
export const NOTHING = '–';

/** Figures as people of a language read them, and the texts around them. */
export interface Format {
  readonly locale: Locale;
  readonly t: Texts;
  /** 12345 → `12,345`. */
  count(count: number): string;
  /** A number with at most two decimals: days, coefficients. */
  number(value: number | null): string;
  /** 0.0234 → `2.3%`; small shares keep two digits, so that 0.04 % does not become nothing. */
  share(share: number | null): string;
  /** With a sign: `+2.3%`; `points` says that it is a difference of percentages. */
  change(change: number | null, points?: boolean): string;
  /** `"1234.50"`, EUR → `€1,234.50`; exact, whatever the size. */
  amount(amount: string | null, currency: string): string;
  /** For the axis of a chart. */
  shortAmount(value: number, currency: string): string;
  /** Every currency, the first one first: `€10.00 + $5.00`. */
  sums(sums: Sums): string;
  /** `2026-03-01` → `1 Mar 2026`, `2026-03` → `Mar 2026`. */
  date(date: string): string;
  /** `1 Mar 2026, 09:00` in the zone. */
  moment(instant: Instant, timezone: string): string;
  /** `€12.00` of a currency's averages, or nothing. */
  average(
    averages: Averages | undefined,
    name: Exclude<keyof Averages, 'return_rate'>,
    currency: string,
  ): string;
}

const TAGS: Readonly<Record<Locale, string>> = { en: 'en-GB', nl: 'nl', de: 'de', fr: 'fr', es: 'es' };

/** The format of a language. */
export function createFormat(locale: Locale): Format {
  const tag = TAGS[locale];
  const t = textsOf(locale);
  // Spanish leaves four digits ungrouped; in a column with larger numbers they are grouped all the same.
  const whole = new Intl.NumberFormat(tag, { useGrouping: 'always' });
  const decimal = new Intl.NumberFormat(tag, { maximumFractionDigits: 2 });
  const percent = (digits: Intl.NumberFormatOptions): Intl.NumberFormat =>
    new Intl.NumberFormat(tag, { style: 'percent', useGrouping: 'always', ...digits });
  const one = percent({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const two = percent({ maximumFractionDigits: 2 });
  const signed = percent({ minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay: 'exceptZero' });
  const points = new Intl.NumberFormat(tag, { maximumFractionDigits: 2, signDisplay: 'exceptZero' });
  const day = new Intl.DateTimeFormat(tag, {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  });
  const month = new Intl.DateTimeFormat(tag, { timeZone: 'UTC', month: 'short', year: 'numeric' });
  const currencies = new Map<string, Intl.NumberFormat>();
  const money = (currency: string, short: boolean): Intl.NumberFormat => {
    const key = `${currency} ${short}`;
    const known = currencies.get(key) ?? new Intl.NumberFormat(tag, moneyOptions(currency, short));
    currencies.set(key, known);
    return known;
  };
  const amount = (text: string | null, currency: string): string =>
    text === null ? NOTHING : money(currency, false).format(text as `${number}`);
  const date = (text: string): string => {
    const isMonth = text.length === 7;
    return (isMonth ? month : day).format(Date.parse(`${isMonth ? `${text}-01` : text}T00:00:00.000Z`));
  };
  return {
    locale,
    t,
    count: (count) => whole.format(count),
    number: (value) => (value === null ? NOTHING : decimal.format(value)),
    share: (share) => {
      if (share === null) return NOTHING;
      return (share > 0 && share < 0.0095 ? two : one).format(share);
    },
    change: (change, asPoints = false) => {
      if (change === null) return NOTHING;
      return asPoints ? `${points.format(change * 100)} ${t.percentagePoints}` : signed.format(change);
    },
    amount,
    shortAmount: (value, currency) => money(currency, true).format(value),
    sums: (sums) => {
      const amounts = Object.entries(sums).map(([currency, sum]) => amount(sum, currency));
      return amounts.length === 0 ? NOTHING : amounts.join(' + ');
    },
    date,
    moment: (instant, timezone) => {
      const epoch = Date.parse(instant);
      const local = new Date(epoch + zoneOffset(epoch, timezone)).toISOString();
      return `${date(local.slice(0, 10))}, ${local.slice(11, 16)}`;
    },
    average: (averages, name, currency) => amount(averages?.[name] ?? null, currency),
  };
}

function moneyOptions(currency: string, short: boolean): Intl.NumberFormatOptions {
  const options = {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    useGrouping: 'always',
  } as const;
  return short ? { ...options, notation: 'compact' } : options;
}
