import { sha256 } from '../canonical-json.ts';
import type { Database } from '../database/database.ts';
import { FEATURES } from '../features/feature-list.ts';
import { readFeatures } from '../features/read-features.ts';
import { listCutoffs, type TargetName } from '../features/targets.ts';
import type { Instant } from '../time.ts';
import type { TrainingData } from './build-model.ts';
import { type CellCollector, type CollectedColumn, createCellCollector } from './collect-cells.ts';
import { type Split, splitBySeed } from './split-rows.ts';
import { findSchema, readColumn } from './type-columns.ts';

const HELD_OUT = 0.2;

/**
 * Customers as they were at earlier times and what they did then, for one of our own targets. With several times the latest is held out;
 * else a part by the seed. Throws `state_forbids` when there is nothing to learn from yet.
 */
export async function readTrainingCustomers(
  database: Database,
  {
    target,
    now,
    seed,
    ignore,
  }: {
    readonly target: TargetName;
    readonly now: Instant;
    readonly seed: number;
    readonly ignore: readonly string[];
  },
): Promise<TrainingData> {
  return database.snapshot(async (snapshot) => {
    const cutoffs = await listCutoffs(snapshot, target, now);
    let collector: CellCollector | undefined;
    let names: readonly string[] = [];
    const outcomes: number[] = [];
    const times: number[] = [];
    for (const [index, cutoff] of cutoffs.entries()) {
      const wanted = collector === undefined ? {} : { columns: names };
      const table = await readFeatures(snapshot, cutoff.at, { population: cutoff, ...wanted });
      names = table.columns;
      collector ??= createCellCollector(names);
      for await (const { cells, outcome } of table.rows) {
        collector.add(cells);
        outcomes.push(outcome);
        times.push(index);
      }
    }
    const collected = (collector?.finish() ?? []).filter(({ name }) => !ignore.includes(name));
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

/** The rows of the latest time are held out where those before and those there have both outcomes. */
function splitOf(outcomes: readonly number[], times: readonly number[], seed: number): Split {
  const last = Math.max(...new Set(times));
  const [train, test] = [false, true].map((isTest) =>
    Int32Array.from([...times.keys()].filter((row) => (times[row] === last) === isTest)),
  );
  const varies = (rows: Int32Array | undefined) =>
    rows !== undefined && rows.length >= 30 && new Set(Array.from(rows, (row) => outcomes[row])).size === 2;
  if (train !== undefined && test !== undefined && varies(train) && varies(test))
    return { train, test, by: 'time' };
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
