import type { Column } from './columns.ts';
import { areaUnderCurve } from './metrics.ts';

/** A column that a model should not learn from, or not without a look. */
export interface UnfitColumn {
  readonly column: string;
  readonly problem: 'empty' | 'constant' | 'ids' | 'gives_away' | 'too_good_alone';
  /** For people. */
  readonly reason: string;
}

// One column alone seldom says more than this about what people will do.
const TOO_GOOD = 0.95;
const GIVES_AWAY = 0.995;
const FEW = 30;
// So many rows with the outcome, and none without, although by chance they would hardly be so.
const FEWEST_CERTAIN = 8;
const BY_CHANCE = 1e-6;
const BINS = 20;
const ID_NAME =
  /(?:^|[\s_.-])(?:id|nr|no|number|code|key|uuid|guid|reference|e-?mail|phone)$|[a-z](?:Id|ID|Nr|Key)$/;

/** Columns without anything to learn: no value, always the same one, or another one in every row. */
export function findUselessColumn(column: Column, rows: Int32Array): UnfitColumn | undefined {
  const { distinct, present } = countDistinct(column, rows);
  const { name } = column;
  if (present === 0) return { column: name, problem: 'empty', reason: 'it has no value in any row' };
  if (distinct === 1 && present === rows.length) {
    return { column: name, problem: 'constant', reason: 'it has the same value in every row' };
  }
  if (present < FEW || !isLikeIds(column, rows, distinct, present)) return undefined;
  return {
    column: name,
    problem: 'ids',
    reason: 'it looks like an id: nearly every row has a value of its own',
  };
}

function isLikeIds(column: Column, rows: Int32Array, distinct: number, present: number): boolean {
  if (column.kind === 'category') return distinct >= 0.9 * present;
  if (column.kind === 'time' || distinct < present) return false;
  let [low, high, whole] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, true];
  for (const row of rows) {
    const value = column.values[row] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
    whole &&= Number.isInteger(value);
  }
  return whole && (high - low + 1 <= 1.5 * present || ID_NAME.test(column.name));
}

function countDistinct(column: Column, rows: Int32Array): { distinct: number; present: number } {
  const seen = new Set<number>();
  let present = 0;
  for (const row of rows) {
    const value = column.kind === 'category' ? (column.codes[row] ?? -1) : (column.values[row] ?? Number.NaN);
    if (Number.isNaN(value) || (column.kind === 'category' && value < 0)) continue;
    present += 1;
    seen.add(value);
  }
  return { distinct: seen.size, present };
}

/**
 * A column that knows the outcome: it ranks the rows nearly perfectly by itself, or is filled in only where the outcome came (as what is known
 * only after the event is). One that is very good alone is told, and kept.
 */
export function findLeak(column: Column, target: Float32Array, rows: Int32Array): UnfitColumn | undefined {
  const groups = groupRows(column, rows);
  const base = rows.reduce((sum, row) => sum + (target[row] ?? 0), 0) / rows.length;
  const auc = aucAlone(groups, target, rows);
  const share = auc.toFixed(3);
  if (auc >= GIVES_AWAY) {
    const reason = `it alone tells the outcome (AUC ${share}): it is known only after the event, or is the outcome itself`;
    return { column: column.name, problem: 'gives_away', reason };
  }
  const certain = countCertain(column, target, rows, base);
  if (certain >= FEWEST_CERTAIN && base ** certain < BY_CHANCE) {
    const reason = `it seems to be known only after the event: in all ${certain} rows where it has another value than usual the outcome came`;
    return { column: column.name, problem: 'gives_away', reason };
  }
  if (auc < TOO_GOOD) return undefined;
  const reason = `it predicts very well alone (AUC ${share}): make sure that it is known before the event`;
  return { column: column.name, problem: 'too_good_alone', reason };
}

/** A group for each row: a level, or a bin of like numbers; the last one for none. */
function groupRows(column: Column, rows: Int32Array): Int32Array {
  if (column.kind === 'category') return Int32Array.from(rows, (row) => (column.codes[row] ?? -1) + 1);
  const values = Float64Array.from(rows, (row) => column.values[row] ?? Number.NaN);
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const edges = [
    ...new Set(
      Array.from({ length: BINS }, (_, bin) => sorted[Math.floor((bin * sorted.length) / BINS)] ?? 0),
    ),
  ];
  return Int32Array.from(values, (value) =>
    Number.isNaN(value) ? 0 : 1 + edges.findLastIndex((edge) => edge <= value),
  );
}

/** The AUC on every second row of the shares that the others have in each group. */
function aucAlone(groups: Int32Array, target: Float32Array, rows: Int32Array): number {
  const counts = new Map<number, { rows: number; yes: number }>();
  for (const [place, row] of rows.entries()) {
    if (place % 2 === 1) continue;
    const group = groups[place] ?? 0;
    const count = counts.get(group) ?? { rows: 0, yes: 0 };
    counts.set(group, { rows: count.rows + 1, yes: count.yes + (target[row] ?? 0) });
  }
  const others = [...rows.keys()].filter((place) => place % 2 === 1);
  const all = [...counts.values()].reduce((sum, { rows: n, yes }) => ({ n: sum.n + n, yes: sum.yes + yes }), {
    n: 0,
    yes: 0,
  });
  const share = all.yes / Math.max(1, all.n);
  const probabilities = Float64Array.from(others, (place) => {
    const { rows: n, yes } = counts.get(groups[place] ?? 0) ?? { rows: 0, yes: 0 };
    return (yes + share) / (n + 1);
  });
  const outcomes = Uint8Array.from(others, (place) => target[rows[place] ?? 0] ?? 0);
  const auc = areaUnderCurve({ probabilities, outcomes });
  return Number.isNaN(auc) ? 0.5 : auc;
}

/** Rows without the most frequent value, if the outcome came in all of them although it comes in few. */
function countCertain(column: Column, target: Float32Array, rows: Int32Array, base: number): number {
  const readValue = (row: number): number =>
    column.kind === 'category' ? (column.codes[row] ?? -1) : (column.values[row] ?? Number.NaN);
  const sizes = new Map<number, number>();
  for (const row of rows) sizes.set(readValue(row), (sizes.get(readValue(row)) ?? 0) + 1);
  let [usual, size] = [0, 0];
  for (const [value, count] of sizes) if (count > size) [usual, size] = [value, count];
  if (base > 0.6 || size < rows.length / 2) return 0;
  let certain = 0;
  for (const row of rows) {
    if (Object.is(readValue(row), usual)) continue;
    if ((target[row] ?? 0) < 0.5) return 0;
    certain += 1;
  }
  return certain;
}
