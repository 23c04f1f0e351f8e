import type { CategoryColumn, Column, NumberColumn } from './columns.ts';
import {
  type Cycle,
  type EmbeddingState,
  type EncoderState,
  type NumberState,
  widthOf,
} from './encoder-state.ts';

/** Writes rows of typed columns as inputs of a network. */
export interface RowEncoder {
  /** Computed inputs of a row. */
  readonly width: number;
  /** Embeddings of a row. */
  readonly embeddings: number;
  /** Writes the inputs of a row at `at` of `out`, which holds zeros there. */
  write(row: number, out: Float32Array, at: number): void;
  /** Writes the rows of the tables of embeddings that a row uses at `at` of `out`. */
  writeLevels(row: number, out: Int32Array, at: number): void;
}

type Writer = (row: number, out: Float32Array, at: number) => void;

const DAY_MS = 86_400_000;
// 1970-01-05 was a Monday.
const MONDAY_MS = 4 * DAY_MS;
const CYCLE_MS: Readonly<Record<Cycle, number>> = { day: DAY_MS, week: 7 * DAY_MS, year: 365.2425 * DAY_MS };
// Beyond so many deviations a number says no more than that it is far off.
const FAR = 4;

/** Binds an encoder to columns, by their names; one that is not there is missing in every row. */
export function bindEncoder({ features }: EncoderState, columns: readonly Column[]): RowEncoder {
  const byName = new Map(columns.map((column) => [column.name, column]));
  const writers: { readonly writer: Writer; readonly at: number }[] = [];
  const levels: ((row: number) => number)[] = [];
  let width = 0;
  for (const feature of features) {
    const column = byName.get(feature.column);
    if (feature.kind === 'embedding') levels.push(levelFinder(feature, asCategory(column)));
    else if (feature.kind === 'category') {
      writers.push({ writer: oneHotWriter(feature.levels, asCategory(column)), at: width });
    } else writers.push({ writer: numberWriter(feature, asNumber(column)), at: width });
    width += widthOf(feature);
  }
  return {
    width,
    embeddings: levels.length,
    write(row, out, at) {
      for (const { writer, at: place } of writers) writer(row, out, at + place);
    },
    writeLevels(row, out, at) {
      for (const [index, find] of levels.entries()) out[at + index] = find(row);
    },
  };
}

// 64 MB of inputs.
const MOST_KEPT = 16_000_000;

/** The same encoder, which writes the inputs of these rows once and copies them from then on; where that would take too much memory, the encoder itself. */
export function keepEncoded(encoder: RowEncoder, rows: Int32Array): RowEncoder {
  const { width } = encoder;
  if (rows.length * width > MOST_KEPT) return encoder;
  const kept = new Float32Array(rows.length * width);
  const places = new Int32Array(rows.reduce((most, row) => Math.max(most, row), 0) + 1).fill(-1);
  for (const [place, row] of rows.entries()) {
    places[row] = place * width;
    encoder.write(row, kept, place * width);
  }
  return {
    ...encoder,
    write(row, out, at) {
      const from = places[row] ?? -1;
      if (from < 0) encoder.write(row, out, at);
      else out.set(kept.subarray(from, from + width), at);
    },
  };
}

function asCategory(column: Column | undefined): CategoryColumn | undefined {
  return column?.kind === 'category' ? column : undefined;
}

function asNumber(column: Column | undefined): NumberColumn | undefined {
  return column?.kind === 'category' ? undefined : column;
}

/** Places: the levels, then all others, then none. */
function oneHotWriter(levels: readonly string[], column: CategoryColumn | undefined): Writer {
  const places = placesOf(levels, column);
  return (row, out, at) => {
    const code = column?.codes[row] ?? -1;
    const place = code < 0 ? levels.length + 1 : (places[code] ?? -1);
    out[at + (place === -1 ? levels.length : place)] = 1;
  };
}

function levelFinder(
  { levels }: EmbeddingState,
  column: CategoryColumn | undefined,
): (row: number) => number {
  const places = placesOf(levels, column);
  return (row) => {
    const code = column?.codes[row] ?? -1;
    return code < 0 ? 1 : (places[code] ?? -1) === -1 ? 0 : (places[code] ?? 0) + 2;
  };
}

/** The place of each of the column's levels among those of the encoder; -1 for one that it does not know. */
function placesOf(levels: readonly string[], column: CategoryColumn | undefined): Int32Array {
  const known = new Map(levels.map((level, place) => [level, place]));
  return Int32Array.from(column?.levels ?? [], (level) => known.get(level) ?? -1);
}

function numberWriter(state: NumberState, column: NumberColumn | undefined): Writer {
  const { mean, scale, missing, cycles } = state;
  const edges = Float64Array.from(state.edges);
  const pieces = Math.max(0, edges.length - 1);
  const indicator = 1 + pieces + cycles.length * 2;
  return (row, out, at) => {
    const value = column?.values[row] ?? Number.NaN;
    if (Number.isNaN(value)) {
      if (missing) out[at + indicator] = 1;
      return;
    }
    out[at] = Math.min(Math.max((value - mean) / scale, -FAR), FAR);
    if (pieces > 0) writePieces(value, edges, out, at + 1);
    if (cycles.length > 0) writeCycles(value, cycles, out, at + 1 + pieces);
  };
}

/** 1 for each piece below the value, the share of the piece that it lies in, 0 above. */
function writePieces(value: number, edges: Float64Array, out: Float32Array, at: number): void {
  let piece = 0;
  for (; piece < edges.length - 1 && value >= (edges[piece + 1] ?? 0); piece += 1) out[at + piece] = 1;
  const from = edges[piece] ?? 0;
  const to = edges[piece + 1];
  if (to !== undefined && value > from) out[at + piece] = (value - from) / (to - from);
}

function writeCycles(value: number, cycles: readonly Cycle[], out: Float32Array, at: number): void {
  for (const [index, cycle] of cycles.entries()) {
    const angle = (2 * Math.PI * (value - MONDAY_MS)) / CYCLE_MS[cycle];
    out[at + index * 2] = Math.sin(angle);
    out[at + index * 2 + 1] = Math.cos(angle);
  }
}
