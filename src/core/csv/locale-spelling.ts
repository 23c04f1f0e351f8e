import { ReferralError } from '../errors.ts';
import type { DateOrder } from './parse-date.ts';
import type { DecimalMark } from './parse-decimal.ts';

export interface LocaleSpelling {
  /** Undefined where the year comes first. */
  readonly dateOrder: DateOrder | undefined;
  readonly decimalMark: DecimalMark | undefined;
}

/** How a locale writes dates and decimals, after CLDR: `nl-NL` → day first and a comma. Throws `usage` for what is no locale. */
export function parseLocaleSpelling(locale: string): LocaleSpelling {
  const tag = locale.replaceAll('_', '-');
  const known = knownLocale(tag);
  if (known === undefined) {
    throw new ReferralError('usage', `--locale: "${locale}" is not a known locale`, {
      hint: 'Write a language and a country, such as nl-NL, de-DE, en-US.',
    });
  }
  const parts = new Intl.DateTimeFormat(known, { dateStyle: 'short', timeZone: 'UTC' }).formatToParts(0);
  const first = parts.find(({ type }) => type === 'day' || type === 'month' || type === 'year')?.type;
  const order = first === 'day' ? 'dmy' : first === 'month' ? 'mdy' : undefined;
  const mark = new Intl.NumberFormat(known).formatToParts(1.5).find(({ type }) => type === 'decimal')?.value;
  return { dateOrder: order, decimalMark: mark === '.' || mark === ',' ? mark : undefined };
}

function knownLocale(tag: string): string | undefined {
  try {
    return Intl.NumberFormat.supportedLocalesOf(tag)[0];
  } catch {
    return undefined;
  }
}
