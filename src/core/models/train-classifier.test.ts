import { expect, it } from 'vitest';
import { makeTable } from '../../../test/made-up-tables.ts';
import { BACKENDS, type Backend } from './backend.ts';
import { buildModel, type TrainingData } from './build-model.ts';
import { createChance, shuffledRows } from './chance.ts';
import { type Column, takeRows } from './columns.ts';
import { formatModel, parseModel } from './model-document.ts';
import { assertMultiplies, openBackend } from './open-backend.ts';
import { splitBySeed, splitByTime } from './split-rows.ts';
import { type ClassifierReport, predictProbabilities, trainClassifier } from './train-classifier.ts';

const ROWS = 700;
const { backend } = await openBackend(['wasm']);
const curved = makeTable('curved', ROWS, 5);

function train(columns: readonly Column[], target: Float32Array, seed = 1) {
  const split = splitBySeed(target, 0.4, seed);
  return trainClassifier({ backend, columns, target, split, seed, effort: 'quick' });
}

it('gives the same model and the same figures for the same seed, and others for another', async () => {
  const [first, again, other] = [
    await train(curved.columns, curved.target),
    await train(curved.columns, curved.target),
    await train(curved.columns, curved.target, 2),
  ];
  const bytesOf = ({ classifier }: typeof first) =>
    Buffer.concat(classifier.ensemble.networks.map(({ weights }) => Buffer.from(weights.buffer)));
  expect(bytesOf(again).equals(bytesOf(first))).toBe(true);
  expect(again.report).toEqual(first.report);
  expect(bytesOf(other).equals(bytesOf(first))).toBe(false);
});

it('gives scores that agree between backends to 1e-5, also after it was kept and read again', async () => {
  const { classifier } = await train(curved.columns, curved.target);
  const rows = Int32Array.from({ length: ROWS }, (_, row) => row);
  const model = {
    ...{ source: 'file' as const, target: { name: 't', positive: '1' }, classifier, score_quantiles: [] },
    columns: curved.columns.map(({ name, kind }) => ({ name, kind })),
  };
  const own = predictProbabilities(backend, classifier, curved.columns, rows);
  const { backend: cpu } = await openBackend(['cpu']);
  const read = parseModel(formatModel(model), 'the model').classifier;
  for (const [some, name] of [
    [predictProbabilities(cpu, classifier, curved.columns, rows), 'cpu'],
    [predictProbabilities(backend, read, curved.columns, rows), 'read again'],
  ] as const) {
    const furthest = own.reduce((most, score, row) => Math.max(most, Math.abs(score - (some[row] ?? 1))), 0);
    expect(furthest, name).toBeLessThan(1e-5);
  }
  expect(new Set(own).size).toBeGreaterThan(ROWS / 2);
});

it('says nothing where there is nothing: with shuffled outcomes the AUC is 0.5, and the model is not promoted', async () => {
  const chance = createChance(3, 'shuffled');
  const reports: ClassifierReport[] = [];
  for (const seed of [1, 2, 3]) {
    const order = shuffledRows(ROWS, chance);
    const shuffled = Float32Array.from(order, (row) => curved.target[row] ?? 0);
    reports.push((await train(curved.columns, shuffled, seed)).report);
  }
  const mean = reports.reduce((sum, { metrics }) => sum + metrics.auc, 0) / reports.length;
  expect(mean).toBeGreaterThan(0.45);
  expect(mean).toBeLessThan(0.55);
  for (const { beats_baseline, verdict } of reports) {
    expect(beats_baseline).toBe(false);
    expect(verdict).toMatch(/not better|as good or better/);
  }
});

it('beats logistic regression on curves, and knows which columns count', async () => {
  const { report } = await train(curved.columns, curved.target);
  const { metrics, baseline, importance, gains } = report;
  expect(metrics.auc).toBeGreaterThan(baseline.logistic.auc + 0.05);
  expect(gains.logistic.interval[0]).toBeGreaterThan(0);
  expect(report.verdict).toBeNull();
  const [best] = importance;
  expect(['x0', 'x1']).toContain(best?.column);
  // Nothing follows from columns 4 to 9.
  const noise = importance.filter(({ column }) => /^x[4-9]$/.test(column));
  expect(noise).toHaveLength(6);
  for (const { auc_drop } of noise) expect(Math.abs(auc_drop)).toBeLessThan(0.04);
});

it('leaves out ids, empty columns and what gives the outcome away, and names them', async () => {
  const ids: Column = {
    name: 'customer_id',
    kind: 'number',
    values: Float64Array.from({ length: ROWS }, (_, row) => row),
  };
  const empty: Column = { name: 'nothing', kind: 'number', values: new Float64Array(ROWS).fill(Number.NaN) };
  const known: Column = { name: 'spent_then', kind: 'number', values: Float64Array.from(curved.target) };
  const columns = [...curved.columns, ids, empty, known];
  const data: TrainingData = {
    ...{ source: 'file', target: { name: 't', positive: '1' }, outcomes: curved.target, data_sha256: 'x' },
    columns: columns.map((column) => ({
      ...{ schema: { name: column.name, kind: column.kind }, column, unreadable: 0, infinite: 0 },
    })),
    ...{ split: splitBySeed(curved.target, 0.2, 1), warnings: [] },
  };
  const { figures, model } = await buildModel(data, { name: 't', backend, seed: 1, keep: [] });
  expect(figures.left_out.map(({ column }) => column)).toEqual(['customer_id', 'nothing', 'spent_then']);
  expect(figures.warnings.find((text) => text.includes('spent_then'))).toMatch(/known only after.*--keep/);
  expect(model.columns.map(({ name }) => name)).toEqual(curved.columns.map(({ name }) => name));
});

it('holds out the latest rows by a time, and learns from those without one', () => {
  const times = Float64Array.of(5, 1, Number.NaN, 9, 3, 7);
  const { train: earlier, test: latest, by } = splitByTime(times, 0.4);
  expect([[...earlier], [...latest], by]).toEqual([[0, 1, 2, 4], [3, 5], 'time']);
});

it('tries the backends in their order, tells why one is not used, and uses none that multiplies wrongly', async () => {
  const { backend: first, skipped } = await openBackend();
  expect(skipped.map(({ name }) => name)).toEqual(BACKENDS.slice(0, BACKENDS.indexOf(first.name)));
  for (const { reason } of skipped) expect(reason).not.toBe('');
  const wrong: Backend = { ...backend, multiply: (a, b, size) => backend.multiply(a, b, size).fill(0, 3, 4) };
  expect(() => assertMultiplies(wrong)).toThrow('self-test');
  expect(() => assertMultiplies(backend)).not.toThrow();
});

it('refuses to give no number, where weights are none of a training', async () => {
  const { classifier } = await train(curved.columns, curved.target);
  const networks = classifier.ensemble.networks.map(({ shape, weights }) => ({
    shape,
    weights: weights.map(() => 3e38),
  }));
  const broken = { ...classifier, ensemble: { ...classifier.ensemble, networks } };
  const rows = Int32Array.of(0, 1);
  const columns = curved.columns.map((column) => takeRows(column, rows));
  expect(() => predictProbabilities(backend, broken, columns, rows)).toThrow('no number');
});
