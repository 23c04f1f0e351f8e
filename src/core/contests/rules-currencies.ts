import { z } from 'zod';
import { currencyExponent, findScaledInteger } from '../money.ts';
import { currencyCode } from './rules-parts.ts';

/** Digits after the point that a rate may have; published rates have four to six. */
const RATE_DIGITS = 10;
const RATE_ERROR =
  'must be a decimal string above 0 such as "0.9215", with at most 10 digits after the point';

const DATE = /^\d{4}-\d{2}-\d{2}$/;

const rate = z.strictObject({
  /** The first day, in the contest's time zone, on which the rate holds; until the next one of the currency. */
  from: z
    .string({ error: 'must be a date such as "2026-06-01"' })
    .refine(
      (text) => DATE.test(text) && !Number.isNaN(Date.parse(text)),
      'must be a date such as "2026-06-01"',
    ),
  currency: currencyCode,
  /** What one unit of the currency is worth in the base currency. */
  rate: z.string({ error: RATE_ERROR }).refine((text) => (scaleRate(text) ?? 0) > 0, RATE_ERROR),
});

/** Bookings in other currencies are converted to `base`; without this part each stays in its own. */
export const currencies = z
  .strictObject({ base: currencyCode, rates: z.array(rate).default([]) })
  .superRefine(({ base, rates }, context) => {
    const seen = new Set<string>();
    for (const [index, { currency, from }] of rates.entries()) {
      const issue = (message: string) =>
        context.addIssue({ code: 'custom', path: ['rates', index], message });
      if (currency === base) issue('is a rate of the base currency itself');
      if (seen.has(`${currency} ${from}`)) issue('is given twice');
      seen.add(`${currency} ${from}`);
    }
  });

export type Currencies = z.infer<typeof currencies>;

function scaleRate(text: string): number | undefined {
  return text.startsWith('-') || text.startsWith('+') ? undefined : findScaledInteger(text, RATE_DIGITS);
}

/** A rate that converts minor units of one currency to those of another: exact, then rounded once. */
export interface Conversion {
  readonly currency: string;
  readonly rate: string;
  readonly from: string;
  /** Minor units ≥ 0 → minor units of the base currency, rounded half up. */
  convert(minor: number): number;
}

/**
 * How an amount of `currency` is converted on a day (`2026-06-01`, in the contest's zone): by the latest rate that begins on it or
 * before. Undefined where the table has none.
 */
export type FindConversion = (currency: string, day: string) => Conversion | undefined;

/** Prepares the table of rates of a rules document. */
export function prepareConversions({ base, rates }: Currencies): FindConversion {
  const byCurrency = new Map<string, Conversion[]>();
  for (const { currency, from, rate: text } of rates) {
    const list = byCurrency.get(currency) ?? [];
    list.push({ currency, rate: text, from, convert: converter(text, currency, base) });
    byCurrency.set(currency, list);
  }
  for (const list of byCurrency.values()) list.sort((a, b) => (a.from < b.from ? 1 : -1));
  return (currency, day) => byCurrency.get(currency)?.find(({ from }) => from <= day);
}

// base = minor × 10^-own × rate × 10^digits of the base: one fraction of whole numbers, rounded half up.
function converter(rateText: string, currency: string, base: string): (minor: number) => number {
  const up = BigInt(scaleRate(rateText) ?? 0) * 10n ** BigInt(currencyExponent(base));
  const down = 10n ** BigInt(RATE_DIGITS + currencyExponent(currency));
  return (minor) => Number((BigInt(minor) * up * 2n + down) / (down * 2n));
}
