/*
 * Models at size, in three parts: `train` learns from 64,000 rows (goal: 60 s) and scores a million, beside the bare matrix multiplications in the same
 * backend (goal: 2 ×); `features` reads every feature of a million customers with ten million events (goal: 60 s on each engine) and
 * `customers` scores them and keeps scores, segments and history, with what of it is reading, predicting and writing.
 * `node bench/segments.ts [sqlite|postgres] [customers] [train,features,customers] [rows to learn from for `customers`]`.
 */
import { clockAt } from '../src/core/clock.ts';
import type { Database } from '../src/core/database/database.ts';
import { readFeatures } from '../src/core/features/read-features.ts';
import type { Backend } from '../src/core/models/backend.ts';
import { buildModel, type TrainingData } from '../src/core/models/build-model.ts';
import { inputsOf } from '../src/core/models/network.ts';
import { openBackend } from '../src/core/models/open-backend.ts';
import { predictCustomers } from '../src/core/models/predict-customers.ts';
import { readTrainingCustomers } from '../src/core/models/read-training-customers.ts';
import { getModel, type NewModel, saveModel } from '../src/core/models/registry.ts';
import { scoreCustomers } from '../src/core/models/score-customers.ts';
import { splitBySeed } from '../src/core/models/split-rows.ts';
import { type Classifier, predictProbabilities } from '../src/core/models/train-classifier.ts';
import { makeTable } from '../test/made-up-tables.ts';
import { type BenchEngine, usingBenchDatabase } from './bench-database.ts';
import { fillHistories } from './fill-histories.ts';
import { type Took, timed } from './pauses.ts';

const [engine = 'sqlite', size = '1000000', parts = 'train,features,customers', learned = '5000'] =
  process.argv.slice(2);
const customers = Number(size);
const NOW = '2026-09-01T10:00:00.000Z';
const TRAINED_ON = 64_000;
const CHUNK = 2_048;
const run = { id: null, operator: 'bench' };

function tell(what: string, { seconds, cpu, queued }: Took, more = ''): void {
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1_000);
  console.log(
    `  ${what.padEnd(46)} ${seconds.toFixed(1)} s, ${cpu.toFixed(1)} s of CPU here, ${queued.toFixed(1)} s waiting for it, at most ${megabytes} MB${more}`,
  );
}

/** The products that scoring so many rows takes, and nothing else. */
function multiplyOnly(backend: Backend, { ensemble }: Classifier, rows: number): void {
  const [first] = ensemble.networks;
  if (first === undefined) return;
  const width = inputsOf(first.shape);
  const [one, two] = first.shape.hidden;
  const inputs = new Float32Array(CHUNK * width).fill(0.5);
  const hidden = new Float32Array(CHUNK * one).fill(0.5);
  const weights = {
    first: new Float32Array(width * one).fill(0.1),
    second: new Float32Array(one * two).fill(0.1),
  };
  for (let from = 0; from < rows; from += CHUNK) {
    const count = Math.min(CHUNK, rows - from);
    for (const _network of ensemble.networks) {
      backend.multiply(inputs, weights.first, { rows: count, inner: width, columns: one });
      backend.multiply(hidden, weights.second, { rows: count, inner: one, columns: two });
    }
  }
}

async function measureTraining(backend: Backend): Promise<void> {
  const { columns, target } = makeTable('customers', TRAINED_ON, 1);
  const data: TrainingData = {
    ...{
      source: 'file',
      target: { name: 'made_up', positive: '1' },
      outcomes: target,
      data_sha256: '',
      warnings: [],
    },
    columns: columns.map((column) => ({
      schema: { name: column.name, kind: column.kind },
      column,
      unreadable: 0,
      infinite: 0,
    })),
    split: splitBySeed(target, 0.2, 1),
  };
  let built: NewModel | undefined;
  const options = { name: 'made_up', backend, seed: 1, keep: [] };
  tell(`training on ${TRAINED_ON} rows`, await timed(async () => (built = await buildModel(data, options))));
  if (built === undefined) return;
  const { classifier } = built.model;
  const many = makeTable('customers', customers, 2);
  const rows = Int32Array.from(many.target.keys());
  const bare = await timed(async () => multiplyOnly(backend, classifier, customers));
  tell(`bare multiplications, ${describe(classifier)}`, bare);
  const scoring = await timed(async () => predictProbabilities(backend, classifier, many.columns, rows));
  tell(
    `scoring ${customers} rows`,
    scoring,
    `: ${(scoring.cpu / bare.cpu).toFixed(2)} × by CPU, ${(scoring.seconds / bare.seconds).toFixed(2)} × by time`,
  );
}

async function measureCustomers(database: Database, backend: Backend): Promise<void> {
  tell(
    `${engine}: filled with ${customers} customers`,
    await timed(() => fillHistories(database, customers)),
  );
  if (parts.includes('features')) {
    let cells = 0;
    const took = await timed(() =>
      database.snapshot(async (snapshot) => {
        const table = await readFeatures(snapshot, NOW);
        for await (const row of table.rows) cells += row.cells.length;
      }),
    );
    tell(`features, ${cells} values`, took);
  }
  if (!parts.includes('customers')) return;
  const clock = clockAt(NOW);
  let data: TrainingData | undefined;
  const reading = { target: 'clicks_next_mail', now: NOW, seed: 1, ignore: [] } as const;
  tell(
    'reading customers as they were to learn from',
    await timed(async () => (data = await readTrainingCustomers(database, reading))),
  );
  if (data === undefined) return;
  const { split } = data;
  const small = {
    ...data,
    split: { ...split, train: someOf(split.train, Number(learned)), test: someOf(split.test, 5_000) },
  };
  const built = await buildModel(small, { name: 'clicks', backend, seed: 1, keep: [] });
  await database.transaction((transaction) => saveModel(transaction, built, { clock, run }));
  const version = await getModel(database.queries, 'clicks');
  const { model } = built;
  const bare = await timed(async () => multiplyOnly(backend, model.classifier, customers));
  const times = (took: Took): string =>
    `: ${(took.cpu / bare.cpu).toFixed(2)} × by CPU here, ${(took.seconds / bare.seconds).toFixed(2)} × by time`;
  tell(`bare multiplications for as many, ${describe(model.classifier)}`, bare);
  const columns = model.columns.map(({ name }) => name);
  const read = await timed(() =>
    database.snapshot(async (snapshot) => {
      for await (const _row of (await readFeatures(snapshot, NOW, { columns })).rows);
    }),
  );
  tell('reading what the model reads', read, times(read));
  const predicting = await timed(() => predictCustomers(database, { backend, version, model }, NOW));
  tell('reading, and predicting', predicting, times(predicting));
  for (const round of ['first', 'again']) {
    const took = await timed(() =>
      scoreCustomers(database, { backend, version, model, clock, run, dryRun: false }),
    );
    tell(`reading, predicting and keeping, ${round}`, took, times(took));
  }
}

/** So many rows from all over the list. */
function someOf(rows: Int32Array, most: number): Int32Array {
  const every = Math.max(1, Math.floor(rows.length / most));
  return rows.filter((_, place) => place % every === 0);
}

function describe({ ensemble: { networks } }: Classifier): string {
  const [network] = networks;
  return `${networks.length} × ${network === undefined ? '' : [inputsOf(network.shape), ...network.shape.hidden].join('-')}`;
}

const { backend } = await openBackend();
console.log(`${backend.name} ${Object.values(backend.versions).join(' ')}`);
if (parts.includes('train')) await measureTraining(backend);
if (parts.includes('features') || parts.includes('customers')) {
  await usingBenchDatabase(engine as BenchEngine, (database) => measureCustomers(database, backend));
}
