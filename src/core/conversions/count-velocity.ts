import type { Rules } from '../contests/rules.ts';
import type { Instant } from '../time.ts';
import type { FraudFinding } from './find-fraud.ts';

const HOUR_MS = 3_600_000;

/** Counts the bookings of each participant over the last hour and day; feed it in booking order. */
export interface VelocityCounter {
  /** Counts one booking and says whether the participant went too fast with it. */
  count(referrerRef: number, bookedAt: Instant): FraudFinding | undefined;
}

export function createVelocityCounter({
  action,
  max_per_hour,
  max_per_day,
}: Rules['fraud']['velocity']): VelocityCounter {
  const recent = new Map<number, number[]>();
  return {
    count(referrerRef, bookedAt) {
      if (action === 'ignore' || (max_per_hour === 0 && max_per_day === 0)) return undefined;
      const at = Date.parse(bookedAt);
      const span = max_per_day === 0 ? HOUR_MS : 24 * HOUR_MS;
      const times = (recent.get(referrerRef) ?? []).filter((time) => time > at - span);
      times.push(at);
      recent.set(referrerRef, times);
      const inHour = times.filter((time) => time > at - HOUR_MS).length;
      if (max_per_hour > 0 && inHour > max_per_hour) {
        return { rule: 'velocity', action, evidence: { per_hour: inHour, max_per_hour } };
      }
      if (max_per_day > 0 && times.length > max_per_day) {
        return { rule: 'velocity', action, evidence: { per_day: times.length, max_per_day } };
      }
      return undefined;
    },
  };
}
