import { describe, expect, it } from 'vitest';
import { loadDistributions } from '../statistics/distributions.ts';
import type { ExperimentDesign } from './design.ts';
import { type Arm, type Evidence, judgeExperiment } from './judge-experiment.ts';
import { defaultDesign } from './parse-design.ts';

const distributions = await loadDistributions();
const FIXED: ExperimentDesign = {
  ...defaultDesign('clicks'),
  ...{ mode: 'fixed', baseline: 0.05, difference: 0.01, per_variant: 8_158 },
};
const EARLY = { isOver: false, overWhen: 'later' };
const OVER = { isOver: true, overWhen: 'at some time' };

const arm = (name: string, succeeded: number, customers = 10_000): Arm => ({ name, customers, succeeded });
const judge = (evidence: Partial<Evidence>) =>
  judgeExperiment({ design: FIXED, arms: [], sampleRatioP: 1, ...OVER, ...evidence }, distributions);

describe('the verdict of an experiment', () => {
  it('is a winner where one is better than the other', () => {
    const { verdict, winner, comparisons } = judge({ arms: [arm('A', 500), arm('B', 600)] });
    expect([verdict, winner]).toEqual(['winner', 'B']);
    expect(comparisons).toMatchObject([{ variant: 'A', against: 'B', difference: -0.01 }]);
    expect(comparisons[0]?.high).toBeLessThan(0);
  });

  it('is no winner where chance explains the difference', () => {
    expect(judge({ arms: [arm('A', 500), arm('B', 520)] })).toMatchObject({
      verdict: 'no_winner',
      winner: null,
    });
  });

  it('of a fixed horizon is nothing at all before it, however clear it looks', () => {
    expect(judge({ ...EARLY, arms: [arm('A', 0), arm('B', 5_000)] })).toMatchObject({
      ...{ verdict: 'too_early', winner: null, comparisons: [] },
    });
  });

  it('of a fixed horizon is no winner with fewer customers than were planned', () => {
    expect(judge({ arms: [arm('A', 0, 8_157), arm('B', 5_000)] })).toMatchObject({
      ...{ verdict: 'no_winner', winner: null, comparisons: [] },
    });
  });

  it('that is always valid may come at any time', () => {
    const design = defaultDesign('clicks');
    expect(judge({ ...EARLY, design, arms: [arm('A', 100), arm('B', 300)] })).toMatchObject({ winner: 'B' });
    expect(judge({ ...EARLY, design, arms: [arm('A', 100), arm('B', 120)] })).toMatchObject({
      ...{ verdict: 'too_early', winner: null },
    });
    expect(judge({ design, arms: [arm('A', 100), arm('B', 120)] })).toMatchObject({ verdict: 'no_winner' });
  });

  it('is blocked where the groups are not of the sizes that the assignment gives', () => {
    const sampleRatioP = 0.0009;
    expect(judge({ sampleRatioP, arms: [arm('A', 100), arm('B', 900)] })).toMatchObject({
      ...{ verdict: 'blocked', winner: null, comparisons: [] },
    });
  });

  it('needs a variant to be better than every other', () => {
    const three = [arm('A', 500), arm('B', 650), arm('C', 645)];
    const { winner, comparisons } = judge({ arms: three });
    expect(winner).toBeNull();
    expect(comparisons.map(({ variant, against }) => `${variant}${against}`)).toEqual(['AB', 'AC', 'BC']);
    expect(judge({ arms: [arm('A', 500), arm('B', 800), arm('C', 640)] }).winner).toBe('B');
  });

  it('is stricter with more variants', () => {
    const two = judge({ arms: [arm('A', 500), arm('B', 572)] });
    expect(two.winner).toBe('B');
    const four = judge({ arms: [arm('A', 500), arm('B', 572), arm('C', 500), arm('D', 500)] });
    expect(four.winner).toBeNull();
    const [pair] = four.comparisons;
    expect(pair?.p_adjusted).toBeCloseTo((pair?.p ?? 0) * 6, 9);
    expect((pair?.high ?? 0) - (pair?.low ?? 0)).toBeGreaterThan(
      (two.comparisons[0]?.high ?? 0) - (two.comparisons[0]?.low ?? 0),
    );
  });

  it('is none where nobody was assigned', () => {
    const design = defaultDesign('clicks');
    expect(judge({ design, arms: [arm('A', 0, 0), arm('B', 0, 0)] })).toMatchObject({ winner: null });
    expect(judge({ arms: [arm('A', 5)] })).toMatchObject({ winner: null, verdict: 'no_winner' });
  });
});
