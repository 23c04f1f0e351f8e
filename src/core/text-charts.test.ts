import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bar, gauge, sparkline } from './text-charts.ts';

const amount = fc.double({ min: 0, max: 1e9, noNaN: true });

describe('sparkline', () => {
  it('goes from the lowest to the highest level', () => {
    expect(sparkline([0, 1, 2, 4, 7])).toBe('▁▂▃▅█');
    expect(sparkline([0, 0])).toBe('▁▁');
    expect(sparkline([])).toBe('');
  });

  it('has a character per value, and never a higher one for less', () => {
    fc.assert(
      fc.property(fc.array(amount, { maxLength: 30 }), (values) => {
        const line = sparkline(values);
        expect([...line]).toHaveLength(values.length);
        values.forEach((left, at) => {
          values.forEach((right, other) => {
            if (left <= right) expect((line[at] ?? '') <= (line[other] ?? '')).toBe(true);
          });
        });
      }),
      { numRuns: 50 },
    );
  });
});

describe('bar', () => {
  it('is as long as its share, to an eighth', () => {
    expect(bar(5, 10, 4)).toBe('██');
    expect(bar(1, 16, 2)).toBe('▏');
    expect(bar(10, 10, 3)).toBe('███');
    expect(bar(0, 10, 3)).toBe('');
    expect(bar(3, 0, 3)).toBe('');
  });

  it('shows whatever is more than nothing, and is full only for all of it', () => {
    fc.assert(
      fc.property(amount, amount, fc.integer({ min: 1, max: 40 }), (value, most, width) => {
        const drawn = bar(value, most, width);
        expect(drawn.length).toBeLessThanOrEqual(width);
        expect(drawn === '').toBe(value === 0 || most === 0);
        if (value > 0 && most > 0) expect(drawn === '█'.repeat(width)).toBe(value >= most);
        expect(gauge(value, most, width)).toHaveLength(width);
      }),
    );
  });
});
