import { findInstant, type Instant, toInstant, zoneOffset } from '../time.ts';

export type Period = 'all' | 'month' | 'week';

export interface PeriodWindow {
  readonly from: Instant;
  readonly until: Instant;
}

const DAY_MS = 86_400_000;

/** The calendar month or the week from Monday, in the contest's time zone, that `moment` lies in: half-open. */
export function periodWindow(
  period: Exclude<Period, 'all'>,
  moment: Instant,
  timezone: string,
): PeriodWindow {
  const epoch = Date.parse(moment);
  const local = new Date(epoch + zoneOffset(epoch, timezone));
  const [year, month, day] = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()];
  if (period === 'month') {
    return {
      from: atMidnight(Date.UTC(year, month, 1), timezone),
      until: atMidnight(Date.UTC(year, month + 1, 1), timezone),
    };
  }
  const monday = Date.UTC(year, month, day) - ((local.getUTCDay() + 6) % 7) * DAY_MS;
  return { from: atMidnight(monday, timezone), until: atMidnight(monday + 7 * DAY_MS, timezone) };
}

function atMidnight(localDay: number, timezone: string): Instant {
  const date = toInstant(localDay).slice(0, 10);
  const instant = findInstant(date, timezone);
  if (instant === undefined) throw new RangeError(`${date} is no day`);
  return instant;
}
