import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFormat } from '../locale/create-format.ts';
import { chartBins } from './chart-bins.ts';
import { niceCeiling, sparkline, stackedBar } from './charts.ts';

const { date } = createFormat('en');

describe('charts', () => {
  it('end their axis at or above the largest value, at less than twice of it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e12 }), (value) => {
        const top = niceCeiling(value);
        expect(top).toBeGreaterThanOrEqual(value);
        expect(top).toBeLessThan(value * 2 + 1);
        expect(Number.isInteger(top)).toBe(true);
      }),
    );
    expect([1, 3, 29, 101, 4_300].map(niceCeiling)).toEqual([2, 4, 30, 120, 5_000]);
  });

  it('keep a part of nothing in the legend and out of the drawing', () => {
    const { markup } = stackedBar('Status', [
      { label: 'Approved', value: 3, text: '3', tone: 0 },
      { label: 'Expired', value: 0, text: '0', tone: 4 },
    ]);
    expect(markup.match(/<title>/g)).toHaveLength(1);
    expect(markup).toContain('Expired');
  });

  it('draw no line through fewer than three points', () => {
    expect(sparkline([1, 2])).toBeUndefined();
    expect(sparkline([0, 0, 0])?.markup).not.toContain('NaN');
  });

  it('sum days to weeks when there are too many of them, and lose none', () => {
    const rows = Array.from({ length: 100 }, (_, index) => ({
      start: new Date(Date.UTC(2026, 2, 4 + index)).toISOString().slice(0, 10),
      ...{ bookings: 2, referrals: 1, revenue: { EUR: '1.50' } },
    }));
    const { unit, bins } = chartBins({ unit: 'day', rows }, date);
    expect(unit).toBe('week');
    expect(bins[0]?.label).toBe('2 Mar 2026');
    expect(bins.reduce((sum, bin) => sum + bin.bookings, 0)).toBe(200);
    expect(bins.reduce((sum, bin) => sum + (bin.revenue['EUR'] ?? 0), 0)).toBeCloseTo(150);
    expect(chartBins({ unit: 'day', rows: rows.slice(0, 30) }, date).unit).toBe('day');
  });
});
