import { describe, expect, it } from 'vitest';
import { warmUpVolume } from './warm-up.ts';

describe('a warm-up', () => {
  it('follows its table day by day, and is over after its last', () => {
    const table = { starts_on: '2026-02-27', volumes: [50, 100, 500] };
    const days = ['2026-01-01', '2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02'];
    expect(days.map((day) => warmUpVolume(table, day))).toEqual([50, 50, 100, 500, undefined]);
  });

  it('grows by its factor, in whole mails', () => {
    const growing = { starts_on: '2026-02-27', start: 50, factor: 1.5, days: 4 };
    const days = ['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02', '2026-03-03'];
    expect(days.map((day) => warmUpVolume(growing, day))).toEqual([50, 75, 112, 168, undefined]);
  });
});
