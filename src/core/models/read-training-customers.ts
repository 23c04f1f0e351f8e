import { sha256 } from '../canonical-json.ts';
import type { Database } from '../database/database.ts';
import { FEATURES } from '../features/feature-list.ts';
import { listCutoffs, type TargetName } from '../features/targets.ts';
import type { Instant } from '../time.ts';
import type { TrainingData } from './build-model.ts';
import type { CollectedColumn } from './collect-cells.ts';
import { collectCustomers } from './collect-customers.ts';
import { type Split, splitBySeed } from './split-rows.ts';
import { findSchema, readColumn } from './type-columns.ts';

const HELD_OUT = 0.2;
const MOST_HELD_OUT = 0.6;
const FEWEST = 30;
// Of each outcome.
const FEWEST_TO_LEARN = 8;
const FEWEST_TO_MEASURE = 5;

/**
 * Customers as they were at earlier times and what they did then, for one of our own targets. With several times the latest ones are held
 * out; else a part by the seed. Throws `state_forbids` when there is nothing to learn from yet.
 */
export async function readTrainingCustomers(
  database: Database,
  {
    target,
    now,
    seed,
    ignore,
    onProgress,
  }: {
    readonly target: TargetName;
    readonly now: Instant;
    readonly seed: number;
    readonly ignore: readonly string[];
    /** Rows that were read. */
    readonly onProgress?: ((rows: number) => void) | undefined;
  },
): Promise<TrainingData> {
  return database.snapshot(async (snapshot) => {
    const cutoffs = await listCutoffs(snapshot, target, now);
    const { columns, outcomes, times } = await collectCustomers(snapshot, cutoffs, undefined, onProgress);
    const collected = columns.filter(({ name }) => !ignore.includes(name));
    return {
      source: 'customers',
      columns: collected.map((column) => readColumn(schemaOf(column), column)),
      target: { name: target, positive: '1' },
      outcomes: Float32Array.from(outcomes),
      split: splitOf(outcomes, times, seed),
      data_sha256: digestOf(collected, outcomes),
      warnings: [],
    };
  });
}

/** Features have the kind of the list; attributes the one that their values have. */
function schemaOf(column: CollectedColumn) {
  const feature = FEATURES.find(({ name }) => name === column.name);
  return feature === undefined ? findSchema(column) : { name: column.name, kind: feature.kind };
}

/**
 * The rows of the latest times are held out: of the last one, and of those before it until there is enough to measure, and enough is left
 * to learn from. Where no time parts them so, a part is held out by the seed.
 */
function splitOf(outcomes: readonly number[], times: readonly number[], seed: number): Split {
  const rows = Int32Array.from(times.keys());
  const isEnough = (some: Int32Array, least: number): boolean => {
    const yes = some.reduce((sum, row) => sum + (outcomes[row] ?? 0), 0);
    return some.length >= FEWEST && Math.min(yes, some.length - yes) >= least;
  };
  for (let first = Math.max(0, ...new Set(times)); first > 0; first -= 1) {
    const train = rows.filter((row) => (times[row] ?? 0) < first);
    const test = rows.filter((row) => (times[row] ?? 0) >= first);
    if (test.length > MOST_HELD_OUT * rows.length) break;
    if (isEnough(train, FEWEST_TO_LEARN) && isEnough(test, FEWEST_TO_MEASURE))
      return { train, test, by: 'time' };
  }
  return splitBySeed(Float32Array.from(outcomes), HELD_OUT, seed);
}

function digestOf(columns: readonly CollectedColumn[], outcomes: readonly number[]): string {
  const parts = columns.map(({ name, codes, texts }) =>
    sha256(
      `${name}\n${texts.join('\n')}\n${Buffer.from(codes.buffer, codes.byteOffset, codes.byteLength).toString('base64')}`,
    ),
  );
  return sha256(`${parts.join('\n')}\n${outcomes.join('')}`);
}
