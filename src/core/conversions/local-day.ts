import { type Instant, toInstant, zoneOffset } from '../time.ts';

/** Clocks are changed at whole tens of minutes; asking the time zone each time would cost more than all other rules. */
const TEN_MINUTES = 15;
const MOST = 50_000;

/** The day (`2026-06-01`) on which an instant falls in a time zone. */
export function createLocalDay(timezone: string): (instant: Instant) => string {
  const days = new Map<string, string>();
  return (instant) => {
    const key = instant.slice(0, TEN_MINUTES);
    let day = days.get(key);
    if (day === undefined) {
      const epoch = Date.parse(`${key}0:00.000Z`);
      day = toInstant(epoch + zoneOffset(epoch, timezone)).slice(0, 10);
      if (days.size >= MOST) days.clear();
      days.set(key, day);
    }
    return day;
  };
}
