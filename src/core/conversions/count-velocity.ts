import type { Rules } from '../contests/rules.ts';
import type { Instant } from '../time.ts';
import type { FraudFinding } from './find-fraud.ts';

const MINUTE_MS = 60_000;
/** Times that no span reaches back to any more are dropped when there are so many of them. */
const DROP_FROM = 256;

/** Counts the bookings of each participant over the last hour and the last day; feed it in booking order. Bursts: `findGroupFraud`. */
export interface VelocityCounter {
  /** Counts one booking and says whether the participant went too fast with it. */
  count(referrerRef: number, bookedAt: Instant): FraudFinding | undefined;
}

interface Span {
  readonly name: 'per_hour' | 'per_day';
  readonly milliseconds: number;
  readonly most: number;
}

interface Pace {
  /** Milliseconds since the epoch, ascending. */
  readonly times: number[];
  /** For each span, where its first time stands: it only moves on, so that counting is linear. */
  readonly starts: number[];
}

export function createVelocityCounter({
  action,
  max_per_hour,
  max_per_day,
}: Rules['fraud']['velocity']): VelocityCounter {
  const all: readonly Span[] = [
    { name: 'per_hour', milliseconds: 60 * MINUTE_MS, most: max_per_hour },
    { name: 'per_day', milliseconds: 1_440 * MINUTE_MS, most: max_per_day },
  ];
  const spans = action === 'ignore' ? [] : all.filter(({ most }) => most > 0);
  const paces = new Map<number, Pace>();

  function paceOf(referrerRef: number): Pace {
    const known = paces.get(referrerRef);
    if (known !== undefined) return known;
    const pace: Pace = { times: [], starts: spans.map(() => 0) };
    paces.set(referrerRef, pace);
    return pace;
  }

  function evidenceOf({ name, most }: Span, count: number): Record<string, unknown> {
    return { [name]: count, [`max_${name}`]: most };
  }

  return {
    count(referrerRef, bookedAt) {
      if (spans.length === 0) return undefined;
      const { times, starts } = paceOf(referrerRef);
      const at = Date.parse(bookedAt);
      times.push(at);
      let found: FraudFinding | undefined;
      for (const [index, span] of spans.entries()) {
        let start = starts[index] ?? 0;
        while ((times[start] ?? at) <= at - span.milliseconds) start += 1;
        starts[index] = start;
        const count = times.length - start;
        if (found === undefined && count > span.most) {
          found = { rule: 'velocity', action, evidence: evidenceOf(span, count) };
        }
      }
      drop(times, starts);
      return found;
    },
  };
}

function drop(times: number[], starts: number[]): void {
  const first = Math.min(...starts);
  if (first < DROP_FROM || first * 2 < times.length) return;
  times.splice(0, first);
  for (const [index, start] of starts.entries()) starts[index] = start - first;
}
