import { type CategoryColumn, type Column, countMissing, type NumberColumn } from './columns.ts';
import type { Cycle, EncoderState, FeatureState, NumberState } from './encoder-state.ts';

export interface EncoderOptions {
  /** Pieces of the encoding of a number, at most; 0 leaves it linear. */
  readonly pieces: number;
  /** With more levels than this a column gets an embedding. */
  readonly oneHot: number;
  /** Levels of an embedding, at most: the most frequent ones. */
  readonly embedded: number;
}

const DAY_MS = 86_400_000;
// Fewer rows in a piece than this say little about it.
const ROWS_PER_PIECE = 25;
const EMBEDDING_SIZE = 6;

/**
 * Learns from the rows of training how columns become inputs: means and quantiles of numbers, the levels of categories, the rare ones
 * merged. The piecewise linear encoding of numbers is that of Gorishniy, Rubachev, Babenko, "On Embeddings for Numerical Features" (2022).
 */
export function fitEncoder(
  columns: readonly Column[],
  rows: Int32Array,
  options: EncoderOptions,
): EncoderState {
  return { features: columns.flatMap((column) => fitColumn(column, rows, options)) };
}

function fitColumn(column: Column, rows: Int32Array, options: EncoderOptions): FeatureState[] {
  if (column.kind === 'category') return fitCategory(column, rows, options);
  const sorted = sortedValues(column, rows);
  return sorted.length === 0 ? [] : [fitNumber(column, sorted, rows.length, options)];
}

function sortedValues({ values }: NumberColumn, rows: Int32Array): Float64Array {
  const present = new Float64Array(rows.length);
  let count = 0;
  for (const row of rows) {
    const value = values[row] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    present[count] = value;
    count += 1;
  }
  return present.subarray(0, count).sort();
}

function fitNumber(
  column: NumberColumn,
  sorted: Float64Array,
  rows: number,
  { pieces }: EncoderOptions,
): NumberState {
  // Outliers would leave no room for all others: mean and scale are those of the values between two far quantiles.
  const low = quantile(sorted, 0.005);
  const high = quantile(sorted, 0.995);
  let sum = 0;
  let squares = 0;
  for (const value of sorted) sum += Math.min(Math.max(value, low), high);
  const mean = sum / sorted.length;
  for (const value of sorted) squares += (Math.min(Math.max(value, low), high) - mean) ** 2;
  const scale = Math.sqrt(squares / sorted.length);
  return {
    kind: column.kind,
    column: column.name,
    mean,
    scale: scale > 0 ? scale : 1,
    edges: pieces === 0 ? [] : edgesOf(sorted, Math.min(pieces, Math.floor(sorted.length / ROWS_PER_PIECE))),
    missing: sorted.length < rows || countMissing(column) > 0,
    cycles: column.kind === 'time' ? cyclesOf(sorted) : [],
  };
}

/** Edges of pieces with about as many rows each; few different values get a piece between each two. */
function edgesOf(sorted: Float64Array, pieces: number): number[] {
  if (pieces < 2) return [];
  const distinct = firstDistinct(sorted, pieces + 2);
  if (distinct.length <= pieces + 1) return distinct;
  const edges = new Set<number>();
  for (let piece = 0; piece <= pieces; piece += 1) edges.add(quantile(sorted, piece / pieces));
  return [...edges];
}

function firstDistinct(sorted: Float64Array, most: number): number[] {
  const distinct: number[] = [];
  for (const value of sorted) {
    if (value === distinct.at(-1)) continue;
    distinct.push(value);
    if (distinct.length === most) break;
  }
  return distinct;
}

function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * (sorted.length - 1) + 0.5))] ?? 0;
}

/** A circle only where the times go around it at least twice, and not all stand at one place of it. */
function cyclesOf(sorted: Float64Array): Cycle[] {
  const span = (sorted.at(-1) ?? 0) - (sorted[0] ?? 0);
  const hasHours = sorted.some((value) => value % DAY_MS !== (sorted[0] ?? 0) % DAY_MS);
  const cycles: Cycle[] = [];
  if (hasHours && span >= 2 * DAY_MS) cycles.push('day');
  if (span >= 14 * DAY_MS) cycles.push('week');
  if (span >= 300 * DAY_MS) cycles.push('year');
  return cycles;
}

function fitCategory(column: CategoryColumn, rows: Int32Array, options: EncoderOptions): FeatureState[] {
  const counts = new Float64Array(column.levels.length);
  for (const row of rows) {
    const code = column.codes[row] ?? -1;
    if (code >= 0) counts[code] = (counts[code] ?? 0) + 1;
  }
  const rare = Math.max(4, rows.length * 0.0005);
  const frequent = column.levels
    .map((level, code) => ({ level, count: counts[code] ?? 0 }))
    .filter(({ count }) => count >= rare)
    .sort((a, b) => b.count - a.count || (a.level < b.level ? -1 : 1));
  const isEmbedded = frequent.length > options.oneHot && options.embedded > 0;
  const kept = frequent.slice(0, isEmbedded ? options.embedded : options.oneHot);
  const present = counts.reduce((sum, count) => sum + count, 0);
  const inKept = kept.reduce((sum, { count }) => sum + count, 0);
  const levels = kept.map(({ level }) => level);
  const plain: FeatureState = {
    kind: 'category',
    column: column.name,
    levels: levels.slice(0, options.oneHot),
    rest: present === 0 ? 0 : (present - inKept) / present,
  };
  return isEmbedded
    ? [plain, { kind: 'embedding', column: column.name, levels, size: EMBEDDING_SIZE }]
    : [plain];
}
