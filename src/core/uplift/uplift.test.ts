import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createChance } from '../models/chance.ts';
import { type Column, takeRows } from '../models/columns.ts';
import { readTrainingFile } from '../models/read-training-file.ts';
import { meanDifference } from '../statistics/mean-difference.ts';
import { compareTreatments, type TreatmentOptions } from './compare-treatments.ts';
import { estimateUplift, FOLDS } from './estimate-uplift.ts';
import { fitLinear, predictLinear } from './fit-linear.ts';
import type { Trial } from './learners.ts';
import { measureQini } from './qini.ts';

const HILLSTROM = join(import.meta.dirname, '../../../../shared/data/hillstrom.csv');

/** A trial of which half is treated; what the treatment adds is `effect`, of a number that is known and one that is not. */
function makeTrial(people: number, seed: number, effect: (known: number, tier: number) => number): Trial {
  const chance = createChance(seed, 'trial');
  const known = Float64Array.from({ length: people }, () => chance.next());
  const tiers = Int32Array.from({ length: people }, () => Math.floor(chance.next() * 3));
  const treated = Uint8Array.from({ length: people }, () => (chance.next() < 0.5 ? 1 : 0));
  const outcomes = Float32Array.from({ length: people }, (_, row) => {
    const [x = 0, tier = 0] = [known[row], tiers[row]];
    return chance.next() < 0.1 + 0.1 * x + (treated[row] ?? 0) * effect(x, tier) ? 1 : 0;
  });
  const columns: Column[] = [
    { name: 'known', kind: 'number', values: known },
    { name: 'tier', kind: 'category', codes: tiers, levels: ['gold', 'silver', 'none'] },
  ];
  return { columns, treated, outcomes };
}

describe('who is moved by a treatment', () => {
  it('is found where some are and others are not', async () => {
    const { effect, learners, can_tell } = await estimateUplift(
      makeTrial(10_000, 1, (x, tier) => (tier === 0 ? 0.2 * x : 0)),
      1,
    );
    expect(can_tell).toBe(true);
    expect(Math.abs(effect.estimate - 0.1 / 3)).toBeLessThan(3 * effect.standard_error);
    for (const { qini, groups } of learners) {
      expect(qini.low).toBeGreaterThan(0);
      expect(groups.map(({ people }) => people)).toEqual([2_000, 2_000, 2_000, 2_000, 2_000]);
      // Gold customers with high numbers are the first fifth.
      expect(groups[0]?.effect.estimate).toBeGreaterThan(0.08);
      expect(Math.abs(groups[4]?.effect.estimate ?? 1)).toBeLessThan(0.04);
      // At the end of the curve everyone is treated: the effect on all.
      expect(qini.curve.at(-1)?.share).toBe(1);
      expect(qini.curve.at(-1)?.gain).toBeCloseTo(effect.estimate, 9);
    }
  });

  it('is not claimed where everyone is moved alike, or nobody is', async () => {
    for (const lift of [0.08, 0]) {
      const reports = await Promise.all(
        Array.from({ length: 4 }, (_, seed) =>
          estimateUplift(
            makeTrial(2_000, 10 + seed, () => lift),
            seed,
          ),
        ),
      );
      const found = reports.filter(({ can_tell }) => can_tell);
      expect(found.length).toBeLessThanOrEqual(1);
    }
  });

  it('is the same for the same seed, and tells how far it is', async () => {
    const trial = makeTrial(2_000, 5, (x) => 0.2 * x);
    let folds = 0;
    const first = await estimateUplift(trial, 3, () => {
      folds += 1;
    });
    expect(folds).toBe(FOLDS);
    expect(await estimateUplift(trial, 3)).toEqual(first);
    expect(await estimateUplift(trial, 4)).not.toEqual(first);
  });
});

describe('the Qini curve', () => {
  it('is what is gained beyond the untreated, step by step', () => {
    const trial = { treated: Uint8Array.of(0, 1, 0, 1), outcomes: Float32Array.of(0, 1, 0, 0) };
    const rows = Int32Array.of(0, 1, 2, 3);
    // From the likeliest: treated with the outcome, untreated, treated without it, untreated.
    const { curve, coefficient } = measureQini(trial, rows, Float64Array.of(3, 4, 1, 2), 1);
    expect(curve.map(({ gain }) => gain)).toEqual([0, 0, 0.5, 0.5, 0.5, 0.375, 0.375, 0.5, 0.5, 0.5]);
    // The mean of 0, 0.5, 0.375 and 0.5, less half of the end.
    expect(coefficient).toBeCloseTo(0.09375, 12);
  });
});

describe('linear regression', () => {
  it('finds the plane that values lie on', () => {
    const { columns } = makeTrial(500, 2, () => 0);
    const rows = Int32Array.from({ length: 500 }, (_, row) => row);
    const [number, category] = columns;
    const values = Float64Array.from(rows, (row) => {
      const x = number?.kind === 'number' ? (number.values[row] ?? 0) : 0;
      const tier = category?.kind === 'category' ? (category.codes[row] ?? 0) : 0;
      return 4 * x - (tier === 1 ? 2 : 0) + 1;
    });
    const predicted = predictLinear(fitLinear(columns, values, rows), columns, rows);
    for (const row of rows) expect(Math.abs((predicted[row] ?? 0) - (values[row] ?? 0))).toBeLessThan(0.05);
  });
});

describe.skipIf(!existsSync(HILLSTROM))('the Hillstrom data (skipped where they are absent)', () => {
  const read = (target: string) => {
    const ignore = ['visit', 'conversion', 'spend'].filter((name) => name !== target);
    return readTrainingFile({ input: createReadStream(HILLSTROM), target, ignore, seed: 1 });
  };
  const options = { treatment: 'segment', control: undefined, keep: [], seed: 1 };

  // Half of two groups, to be quick; docs/experiments.md has the figures of all.
  it('show that a mail about women moves some much more than others', async () => {
    const data = await read('visit');
    const segment = data.columns.find(({ column }) => column.name === 'segment')?.column;
    if (segment?.kind !== 'category') throw new TypeError('other columns');
    const half = Int32Array.from(data.outcomes.keys()).filter(
      (row) => row % 2 === 0 && segment.levels[segment.codes[row] ?? 0] !== 'Mens E-Mail',
    );
    const { control, treatments } = await compareTreatments(
      {
        ...data,
        columns: data.columns.map((typed) => ({ ...typed, column: takeRows(typed.column, half) })),
        outcomes: Float32Array.from(half, (row) => data.outcomes[row] ?? 0),
      },
      options,
    );
    expect(control).toBe('No E-Mail');
    expect(treatments.map(({ treatment }) => treatment)).toEqual(['Womens E-Mail']);
    const [womens] = treatments;
    expect(womens?.can_tell).toBe(true);
    for (const { qini } of womens?.learners ?? []) expect(qini.low).toBeGreaterThan(0.002);
  });

  it('have the published visits, conversions and effects on spend', async () => {
    const groups = new Map<
      string,
      { count: number; did: number; visits: number; sum: number; squares: number }
    >();
    const { columns, outcomes } = await readTrainingFile({
      ...{ input: createReadStream(HILLSTROM), target: 'conversion', ignore: [], seed: 1 },
    });
    const find = (name: string) => columns.find(({ column }) => column.name === name)?.column;
    const [segment, spend, visit] = [find('segment'), find('spend'), find('visit')];
    if (segment?.kind !== 'category' || spend?.kind !== 'number' || visit?.kind !== 'number')
      throw new TypeError('other columns');
    for (const [row, code] of segment.codes.entries()) {
      const name = segment.levels[code] ?? '';
      const group = groups.get(name) ?? { count: 0, did: 0, visits: 0, sum: 0, squares: 0 };
      const value = spend.values[row] ?? 0;
      groups.set(name, {
        count: group.count + 1,
        did: group.did + (outcomes[row] ?? 0),
        visits: group.visits + (visit.values[row] ?? 0),
        sum: group.sum + value,
        squares: group.squares + value * value,
      });
    }
    const nobody = { count: 0, did: 0, visits: 0, sum: 0, squares: 0 };
    const [mens = nobody, womens = nobody, none = nobody] = ['Mens E-Mail', 'Womens E-Mail', 'No E-Mail'].map(
      (name) => groups.get(name) ?? nobody,
    );
    expect(mens.visits / mens.count).toBeCloseTo(0.18276, 5);
    expect(womens.visits / womens.count).toBeCloseTo(0.1514, 5);
    expect(none.visits / none.count).toBeCloseTo(0.10617, 5);
    expect(mens.did / mens.count).toBeCloseTo(0.01253, 5);
    expect(womens.did / womens.count).toBeCloseTo(0.00884, 5);
    expect(none.did / none.count).toBeCloseTo(0.00573, 5);
    const [first, second] = [meanDifference(mens, none), meanDifference(womens, none)];
    expect([first.estimate, first.standard_error].map((value) => value.toFixed(3))).toEqual([
      '0.770',
      '0.145',
    ]);
    expect([second.estimate, second.standard_error].map((value) => value.toFixed(3))).toEqual([
      '0.424',
      '0.130',
    ]);
  });

  it('refuse a treatment that is not there, a control that is not, and columns that name none', async () => {
    const data = await read('conversion');
    const compare = (more: Partial<TreatmentOptions>) =>
      expect(compareTreatments(data, { ...options, ...more })).rejects;
    await compare({ treatment: 'segmnt' }).toMatchObject({
      ...{ code: 'input_unusable', hint: 'Did you mean "segment"?' },
    });
    await compare({ control: 'Nobody' }).toMatchObject({ code: 'usage' });
    await compare({ treatment: 'history' }).toThrow(/names no treatments/);
    await compare({ treatment: 'zip_code' }).toThrow(/Which value/);
    await compare({ signal: AbortSignal.abort() }).toMatchObject({ code: 'interrupted' });
  });
});
