import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exampleReport } from '../../../test/example-report.ts';
import { metricsTables } from '../../../test/metrics-tables.ts';
import { EN } from './locale/en.ts';
import { computeRates, FUNNEL, MONEY, RATES, ratio, TOTALS } from './metrics.ts';

describe('metrics', () => {
  it('stand in docs/metrics.md as they are in the code', () => {
    const page = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
    for (const [heading, rows] of Object.entries(metricsTables())) {
      const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
      expect(section.split('\n').filter((line) => line.startsWith('|'))).toEqual(rows);
    }
  });

  it('have every table of the reports in docs/metrics.md', () => {
    const page = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
    const section = page.split('\n## Reports of tables\n')[1]?.split('\n## ')[0] ?? '';
    const named = [...section.matchAll(/^\| `(\w+\.\w+)` \|/gm)].map(([, name]) => name);
    expect(named.sort()).toEqual(Object.keys(EN.tables).sort());
  });

  it('have names of their own', () => {
    for (const metrics of [TOTALS, RATES, MONEY, FUNNEL]) {
      const names = metrics.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it('are null where there is nothing to divide by', () => {
    const none = Object.fromEntries(TOTALS.map(({ name }) => [name, 0])) as typeof exampleReport.totals;
    expect(Object.values(computeRates(none))).toEqual(RATES.map(() => null));
    expect(ratio(0, 5)).toBe(0);
    expect(ratio(1, 3)).toBe(0.333333);
  });

  it('take the share of decided referrals that stays approved for their quality', () => {
    const totals = {
      ...exampleReport.totals,
      referrals_approved: 6,
      referrals_rejected: 1,
      referrals_reversed: 1,
    };
    expect(computeRates(totals).referral_quality).toBe(0.75);
  });
});
