/*
 * How good models are on tables that they were not made for: the network beside a random forest (test/random-forest.ts, 200 trees, the best of three sizes of
 * leaves), logistic regression and the base rate, on the same held-out rows. The goal: an AUC at most 0.01 below the forest's. `node bench/models.ts [rows]`
 * takes made-up tables of known rules, `node bench/models.ts [rows] FILE TARGET [COLUMN,…]` some rows of a CSV file, without those columns.
 */
import { createReadStream } from 'node:fs';
import { buildModel, type TrainingData } from '../src/core/models/build-model.ts';
import { createChance, shuffledRows } from '../src/core/models/chance.ts';
import { takeRows } from '../src/core/models/columns.ts';
import { areaUnderCurve } from '../src/core/models/metrics.ts';
import { openBackend } from '../src/core/models/open-backend.ts';
import { readTrainingFile } from '../src/core/models/read-training-file.ts';
import { splitBySeed } from '../src/core/models/split-rows.ts';
import { makeTable, TABLE_KINDS } from '../test/made-up-tables.ts';
import { growForest } from '../test/random-forest.ts';

const [size = '20000', file, target = '', ignored = ''] = process.argv.slice(2);
const rows = Number(size);
const LEAVES = [1, 5, 20];
const { backend } = await openBackend();

async function compare(title: string, data: TrainingData): Promise<void> {
  const before = process.cpuUsage();
  const { figures, model } = await buildModel(data, { name: 'x', backend, seed: 1, keep: [] });
  const { user, system } = process.cpuUsage(before);
  const { split, outcomes } = data;
  const used = new Set(model.columns.map(({ name }) => name));
  const columns = data.columns.map(({ column }) => column).filter(({ name }) => used.has(name));
  const forests = LEAVES.map((leaf) => {
    const forest = growForest(columns, outcomes, split.train, {
      trees: 200,
      leaf,
      chance: createChance(1, 'forest'),
    });
    const probabilities = forest.predict(columns, split.test);
    return areaUnderCurve({
      probabilities,
      outcomes: Uint8Array.from(split.test, (row) => outcomes[row] ?? 0),
    });
  });
  const { metrics, baseline } = figures;
  const best = Math.max(...forests);
  console.log(
    `${title.padEnd(34)} ${split.train.length} + ${split.test.length} rows  network ${metrics.auc.toFixed(4)}  forest ${best.toFixed(4)}  difference ${(metrics.auc - best).toFixed(4)}  logistic ${baseline.logistic.auc.toFixed(4)}` +
      `  log loss ${metrics.log_loss.toFixed(4)}, logistic ${baseline.logistic.log_loss.toFixed(4)}, base rate ${baseline.base_rate.log_loss.toFixed(4)}  ${((user + system) / 1e6).toFixed(0)} s of CPU`,
  );
}

/** So many rows by chance. */
function someOf(data: TrainingData): TrainingData {
  const chosen = shuffledRows(data.outcomes.length, createChance(1, 'some rows')).subarray(0, rows).sort();
  const outcomes = Float32Array.from(chosen, (row) => data.outcomes[row] ?? 0);
  const columns = data.columns.map((typed) => ({ ...typed, column: takeRows(typed.column, chosen) }));
  return { ...data, columns, outcomes, split: splitBySeed(outcomes, 0.2, 1) };
}

function madeUp(kind: string): TrainingData {
  const table = makeTable(kind, rows, 11);
  return {
    ...{
      source: 'file',
      target: { name: kind, positive: '1' },
      outcomes: table.target,
      data_sha256: '',
      warnings: [],
    },
    columns: table.columns.map((column) => ({
      ...{ schema: { name: column.name, kind: column.kind }, column, unreadable: 0, infinite: 0 },
    })),
    split: splitBySeed(table.target, 0.2, 1),
  };
}

if (file === undefined) for (const kind of Object.keys(TABLE_KINDS)) await compare(kind, madeUp(kind));
else {
  const options = { target, ignore: ignored === '' ? [] : ignored.split(','), seed: 1 };
  await compare(
    `${file.split('/').at(-1)} ${target}`,
    someOf(await readTrainingFile({ input: createReadStream(file), ...options })),
  );
}
