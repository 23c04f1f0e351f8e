import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRules } from '../contests/rules.ts';
import { toInstant } from '../time.ts';
import { createVelocityCounter } from './count-velocity.ts';

const MINUTE = 60_000;
const counterOf = (velocity: object) =>
  createVelocityCounter(parseRules({ fraud: { velocity: { action: 'hold', ...velocity } } }).fraud.velocity);

describe('createVelocityCounter', () => {
  test('finds the booking that is one too many in an hour or a day, and says which', () => {
    const evidence = (velocity: object, minutes: readonly number[]) => {
      const counter = counterOf(velocity);
      return minutes.map((minute) => counter.count(1, toInstant(minute * MINUTE))?.evidence);
    };
    expect(evidence({ max_per_hour: 2 }, [0, 30, 59, 60])).toEqual([
      ...[undefined, undefined],
      { per_hour: 3, max_per_hour: 2 },
      { per_hour: 3, max_per_hour: 2 },
    ]);
    expect(evidence({ max_per_day: 2 }, [0, 600, 1_439, 3_000])).toEqual([
      ...[undefined, undefined],
      { per_day: 3, max_per_day: 2 },
      undefined,
    ]);
  });

  test('counts each participant alone, and nobody where no limit is given', () => {
    const counter = counterOf({ max_per_hour: 1 });
    expect(counter.count(1, toInstant(0))).toBeUndefined();
    expect(counter.count(2, toInstant(1))).toBeUndefined();
    expect(counter.count(1, toInstant(2))).toMatchObject({ rule: 'velocity', action: 'hold' });
    const none = counterOf({});
    expect([0, 0, 0].map((at) => none.count(1, toInstant(at)))).toEqual([undefined, undefined, undefined]);
  });

  test('agrees with counting anew for every booking', () => {
    const limits = { max_per_hour: 3, max_per_day: 6 };
    const steps = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 600 });
    fc.assert(
      fc.property(steps, (minutes) => {
        const counter = counterOf(limits);
        const times: number[] = [];
        let at = 0;
        for (const minute of minutes) {
          at += minute * MINUTE;
          times.push(at);
          const within = (span: number) => times.filter((time) => time > at - span * MINUTE).length;
          const isTooFast = within(60) > 3 || within(1_440) > 6;
          expect(counter.count(1, toInstant(at)) !== undefined).toBe(isTooFast);
        }
      }),
      { numRuns: 30 },
    );
  });
});
