import type { Instant } from '../time.ts';
import { zoneOffset } from '../time.ts';
import type { Sums } from './report.ts';

/** What stands where there is nothing to divide by. */
export const NOTHING = '–';

const whole = new Intl.NumberFormat('en');
const oneDigit = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const twoDigits = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });
const day = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});
const month = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', month: 'short', year: 'numeric' });

/** 12345 → `12,345`. */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** 0.0234 → `2.3 %`; small shares keep two digits, so that 0.04 % does not become nothing. */
export function formatRate(rate: number | null): string {
  if (rate === null) return NOTHING;
  const percent = rate * 100;
  return `${(percent > 0 && percent < 0.95 ? twoDigits : oneDigit).format(percent)} %`;
}

/** `"1234.50"`, EUR → `€1,234.50`; exact, whatever the size. */
export function formatAmount(amount: string, currency: string): string {
  const formatter = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
  });
  return formatter.format(amount as `${number}`);
}

/** Every currency, the first one first: `€10.00 + $5.00`. */
export function formatSums(sums: Sums): string {
  const amounts = Object.entries(sums).map(([currency, amount]) => formatAmount(amount, currency));
  return amounts.length === 0 ? NOTHING : amounts.join(' + ');
}

/** `2026-03-01` → `1 Mar 2026`, `2026-03` → `Mar 2026`. */
export function formatDate(date: string): string {
  const isMonth = date.length === 7;
  return (isMonth ? month : day).format(Date.parse(`${isMonth ? `${date}-01` : date}T00:00:00.000Z`));
}

/** `1 Mar 2026, 09:00` in the zone. */
export function formatMoment(instant: Instant, timezone: string): string {
  const epoch = Date.parse(instant);
  const local = new Date(epoch + zoneOffset(epoch, timezone)).toISOString();
  return `${formatDate(local.slice(0, 10))}, ${local.slice(11, 16)}`;
}
