import type { Chance } from '../src/core/models/chance.ts';
import { type Column, lengthOf } from '../src/core/models/columns.ts';

/*
 * A random forest (Breiman 2001), the yardstick for networks on tables: bootstrap samples, a few columns by chance at each split, the split
 * that lowers the Gini impurity most. Numbers are looked at in 64 bins; levels are ordered by their share of outcomes; missing is its own value.
 */
export interface Forest {
  predict(columns: readonly Column[], rows: Int32Array): Float64Array;
}

interface Node {
  readonly column: number;
  readonly bin: number;
  readonly left: number;
  readonly right: number;
  readonly share: number;
}

const BINS = 64;

export function growForest(
  columns: readonly Column[],
  target: Float32Array,
  rows: Int32Array,
  { trees, leaf, chance }: { readonly trees: number; readonly leaf: number; readonly chance: Chance },
): Forest {
  const binners = columns.map((column) => createBinner(column, target, rows));
  const bins = columns.map((column, index) => binned(column, binners[index]));
  const tried = Math.max(1, Math.round(Math.sqrt(columns.length)));
  const forest = Array.from({ length: trees }, () => {
    const drawn = Int32Array.from(rows, () => rows[Math.floor(chance.next() * rows.length)] ?? 0);
    return growTree(bins, target, drawn, leaf, tried, chance);
  });
  return {
    predict(others, wanted) {
      const own = others.map((column, index) => binned(column, binners[index]));
      return Float64Array.from(
        wanted,
        (row) => forest.reduce((sum, tree) => sum + follow(tree, own, row), 0) / trees,
      );
    },
  };
}

type Binner = (column: Column, row: number) => number;

function createBinner(column: Column, target: Float32Array, rows: Int32Array): Binner {
  if (column.kind === 'category') {
    const sums = new Map<string, { yes: number; rows: number }>();
    for (const row of rows) {
      const level = column.levels[column.codes[row] ?? -1] ?? '';
      const sum = sums.get(level) ?? { yes: 0, rows: 0 };
      sums.set(level, { yes: sum.yes + (target[row] ?? 0), rows: sum.rows + 1 });
    }
    const order = [...sums]
      .sort((a, b) => a[1].yes / a[1].rows - b[1].yes / b[1].rows)
      .map(([level]) => level);
    const places = new Map(
      order.map((level, place) => [level, 1 + Math.floor((place * (BINS - 1)) / order.length)]),
    );
    return (other, row) =>
      other.kind === 'category' ? (places.get(other.levels[other.codes[row] ?? -1] ?? '') ?? 0) : 0;
  }
  const sorted = Float64Array.from(rows, (row) => column.values[row] ?? Number.NaN)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const edges = [
    ...new Set(
      Array.from(
        { length: BINS - 1 },
        (_, bin) => sorted[Math.floor((bin * sorted.length) / (BINS - 1))] ?? 0,
      ),
    ),
  ];
  return (other, row) => {
    const value = other.kind === 'category' ? Number.NaN : (other.values[row] ?? Number.NaN);
    if (Number.isNaN(value)) return 0;
    let [low, high] = [0, edges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((edges[middle] ?? 0) <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

function binned(column: Column, binner: Binner | undefined): Uint8Array {
  return Uint8Array.from({ length: lengthOf(column) }, (_, row) => binner?.(column, row) ?? 0);
}

function growTree(
  bins: readonly Uint8Array[],
  target: Float32Array,
  rows: Int32Array,
  leaf: number,
  tried: number,
  chance: Chance,
): Node[] {
  const nodes: Node[] = [];
  const yes = new Float64Array(BINS);
  const counts = new Float64Array(BINS);
  const split = (from: number, to: number): number => {
    const size = to - from;
    let sum = 0;
    for (let at = from; at < to; at += 1) sum += target[rows[at] ?? 0] ?? 0;
    const place = nodes.length;
    nodes.push({ column: -1, bin: 0, left: 0, right: 0, share: sum / size });
    if (sum === 0 || sum === size || size < 2 * leaf) return place;
    let [bestColumn, bestBin, best] = [-1, 0, (sum * sum) / size + 1e-9];
    for (let attempt = 0; attempt < tried; attempt += 1) {
      const column = Math.floor(chance.next() * bins.length);
      const own = bins[column];
      if (own === undefined) continue;
      yes.fill(0);
      counts.fill(0);
      for (let at = from; at < to; at += 1) {
        const row = rows[at] ?? 0;
        const bin = own[row] ?? 0;
        counts[bin] = (counts[bin] ?? 0) + 1;
        yes[bin] = (yes[bin] ?? 0) + (target[row] ?? 0);
      }
      let [left, leftYes] = [0, 0];
      for (let bin = 0; bin < BINS - 1; bin += 1) {
        left += counts[bin] ?? 0;
        leftYes += yes[bin] ?? 0;
        if (left < leaf || size - left < leaf) continue;
        const score = (leftYes * leftYes) / left + ((sum - leftYes) * (sum - leftYes)) / (size - left);
        if (score > best) [bestColumn, bestBin, best] = [column, bin, score];
      }
    }
    if (bestColumn === -1) return place;
    const own = bins[bestColumn];
    let middle = from;
    for (let at = from; at < to; at += 1) {
      const row = rows[at] ?? 0;
      if ((own?.[row] ?? 0) > bestBin) continue;
      rows[at] = rows[middle] ?? 0;
      rows[middle] = row;
      middle += 1;
    }
    const left = split(from, middle);
    const right = split(middle, to);
    nodes[place] = { column: bestColumn, bin: bestBin, left, right, share: sum / size };
    return place;
  };
  split(0, rows.length);
  return nodes;
}

function follow(tree: readonly Node[], bins: readonly Uint8Array[], row: number): number {
  let node = tree[0];
  while (node !== undefined && node.column !== -1) {
    node = tree[(bins[node.column]?.[row] ?? 0) <= node.bin ? node.left : node.right];
  }
  return node?.share ?? 0;
}
