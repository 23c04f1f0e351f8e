import { describe, expect, it } from 'vitest';
import {
  alwaysValid,
  fixedOnce,
  simulateCoverage,
  simulateFalseWinners,
  simulatePower,
  simulateRegret,
  simulateSampleRatio,
  simulateSequenceCoverage,
} from '../../../test/simulate-experiments.ts';
import { sequenceSize } from '../statistics/confidence-sequence.ts';
import { loadDistributions } from '../statistics/distributions.ts';
import { fixedSize } from '../statistics/fixed-horizon.ts';

// Short forms of `npm run soak:experiments`, whose figures are in docs/experiments.md. Seeded: they give the same each time.
const distributions = await loadDistributions();
const SEED = 7;

describe('simulated experiments', () => {
  it.each([
    { rate: 0.05, first: 5_000, second: 5_000, baseline: 0.05, looks: 30 },
    { rate: 0.02, first: 500, second: 9_500, baseline: 0.01, looks: 30 },
    { rate: 0.3, first: 100, second: 100, baseline: 0.03, looks: 30 },
  ])('find a winner among equals in at most 5 % of cases, at 30 looks: %o', (experiment) => {
    for (const grows of [true, false]) {
      const found = simulateFalseWinners({ ...experiment, grows }, 1_500, SEED, alwaysValid(experiment));
      expect(found).toBeLessThanOrEqual(0.05);
      expect(found).toBeGreaterThan(0);
    }
  });

  it('would find far more when a fixed horizon were looked at 30 times', () => {
    const experiment = { rate: 0.05, first: 5_000, second: 5_000, baseline: 0.05, looks: 30, grows: true };
    expect(simulateFalseWinners(experiment, 500, SEED, fixedOnce(distributions))).toBeGreaterThan(0.2);
    const once = { ...experiment, looks: 1 };
    expect(simulateFalseWinners(once, 2_000, SEED, fixedOnce(distributions))).toBeLessThan(0.065);
  });

  it('find the planned difference at the planned size as often as was planned', () => {
    const question = { baseline: 0.05, difference: 0.02, alpha: 0.05, power: 0.8 };
    const fixed = fixedSize(question, distributions);
    expect(simulatePower(fixed, [0.05, 0.07], 2_000, SEED, fixedOnce(distributions))).toBeGreaterThan(0.78);
    const sequence = sequenceSize(question, distributions);
    const judge = alwaysValid({ rate: 0.05, first: sequence, second: sequence, baseline: 0.05, looks: 1 });
    expect(simulatePower(sequence, [0.05, 0.07], 2_000, SEED, judge)).toBeGreaterThan(0.78);
  });

  it('have intervals that hold the truth in 95 % of cases', () => {
    const sizes = [1_000, 1_000] as const;
    const held = simulateCoverage(sizes, [0.05, 0.08], 2_000, SEED, distributions);
    expect(Math.abs(held - 0.95)).toBeLessThan(0.015);
    for (const grows of [true, false]) {
      const experiment = { rates: [0.05, 0.08], size: 2_000, baseline: 0.03, looks: 30, grows } as const;
      expect(simulateSequenceCoverage(experiment, 500, SEED)).toBeGreaterThan(0.95);
    }
  });

  it('notice groups of 51 and 49 in 100 at 80,000 customers, and not those of halves', () => {
    expect(simulateSampleRatio(80_000, 0.51, 100, SEED, distributions)).toBeGreaterThan(0.96);
    expect(simulateSampleRatio(80_000, 0.5, 100, SEED, distributions)).toBeLessThan(0.02);
  });

  it('with a bandit miss less than half of what equal shares miss', () => {
    const { bandit, uniform } = simulateRegret([0.04, 0.05, 0.07], 10_000, 500, 4, SEED, distributions);
    expect(bandit).toBeLessThan(uniform / 2);
    expect(bandit).toBeGreaterThan(0);
  });
});
