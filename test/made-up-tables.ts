import { type Chance, createChance } from '../src/core/models/chance.ts';
import type { Column } from '../src/core/models/columns.ts';

/** A table made by a known rule, for measuring models. */
export interface MadeUpTable {
  readonly columns: readonly Column[];
  readonly target: Float32Array;
}

interface Sketch {
  number(name: string, draw: () => number, missing?: number): (row: number) => number;
  category(name: string, levels: number, missing?: number): (row: number) => number;
}

/** How the log odds of the outcome follow from the columns. */
type Kind = (sketch: Sketch, chance: Chance) => (row: number) => number;

export const TABLE_KINDS: Readonly<Record<string, Kind>> = {
  /** What logistic regression is for. */
  linear(sketch, chance) {
    const weights = Array.from({ length: 8 }, () => chance.normal());
    const columns = weights.map((_, index) => sketch.number(`x${index}`, () => chance.normal()));
    const group = sketch.category('group', 4);
    return (row) =>
      weights.reduce((sum, weight, index) => sum + 0.6 * weight * (columns[index]?.(row) ?? 0), 0) +
      0.4 * group(row) -
      0.8;
  },
  /** Waves, humps and steps. */
  curved(sketch, chance) {
    const columns = Array.from({ length: 10 }, (_, index) =>
      sketch.number(`x${index}`, () => chance.next() * 6 - 3, index === 2 ? 0.15 : 0),
    );
    const x = (index: number, row: number) => columns[index]?.(row) ?? 0;
    return (row) =>
      1.6 * Math.sin(2 * x(0, row)) -
      0.5 * x(1, row) ** 2 +
      1.5 +
      (x(2, row) > 1 ? 2 : 0) +
      (Math.abs(x(3, row)) < 0.7 ? 1.5 : 0) -
      1;
  },
  /** Products and exclusive-or of columns that say nothing alone. */
  interacting(sketch, chance) {
    const columns = Array.from({ length: 12 }, (_, index) =>
      sketch.number(`x${index}`, () => chance.normal()),
    );
    const kind = sketch.category('kind', 3);
    const x = (index: number, row: number) => columns[index]?.(row) ?? 0;
    return (row) =>
      1.5 * x(0, row) * x(1, row) +
      (x(2, row) > 0 !== x(3, row) > 0 ? 1.2 : -1.2) +
      (kind(row) === 1 ? 1.5 * x(4, row) : -0.5 * x(4, row));
  },
  /** Numbers with long tails, many levels, holes that say something, few outcomes. */
  customers(sketch, chance) {
    const spend = sketch.number('spend', () => Math.exp(3 + 1.5 * chance.normal()), 0.1);
    const age = sketch.number('age', () => Math.floor(18 + 60 * chance.next()), 0.2);
    const visits = sketch.number('visits', () => Math.floor(-8 * Math.log(1 - chance.next())));
    const days = sketch.number('days', () => Math.floor(365 * chance.next()));
    for (let noise = 0; noise < 6; noise += 1) sketch.number(`noise${noise}`, () => chance.normal());
    const city = sketch.category('city', 120);
    const channel = sketch.category('channel', 5, 0.1);
    const effects = Array.from({ length: 120 }, () => 0.8 * chance.normal());
    return (row) =>
      0.5 * (Math.log(spend(row) + 1) - 3) +
      (age(row) === 0 ? 0.8 : age(row) > 30 && age(row) < 45 ? 0.9 : -0.2) +
      0.9 * Math.tanh(visits(row) / 6 - 1) -
      days(row) / 120 +
      (effects[city(row)] ?? 0) +
      ([0.9, 0, -0.7, 0.3, 0][channel(row)] ?? 0) -
      1.6 +
      (channel(row) === 2 && visits(row) > 10 ? 2 : 0);
  },
  /** Rules with sharp borders, as a tree would write them. */
  stepped(sketch, chance) {
    const columns = Array.from({ length: 9 }, (_, index) => sketch.number(`x${index}`, () => chance.next()));
    const kind = sketch.category('kind', 6);
    const x = (index: number, row: number) => columns[index]?.(row) ?? 0;
    return (row) => {
      if (x(0, row) < 0.35) return x(1, row) < 0.5 ? -2.2 : kind(row) < 2 ? 1.8 : -0.5;
      if (x(2, row) > 0.62) return x(3, row) > 0.3 ? 1.6 : -1.2;
      return kind(row) === 4 ? 2 : x(4, row) > 0.8 ? 0.8 : -1.5;
    };
  },
};

/** A table of a kind; the same seed gives the same one. */
export function makeTable(kind: string, rows: number, seed: number): MadeUpTable {
  const chance = createChance(seed, `table ${kind}`);
  const columns: Column[] = [];
  const oddsOf = TABLE_KINDS[kind]?.(
    {
      number(name, draw, missing = 0) {
        const values = Float64Array.from({ length: rows }, () =>
          chance.next() < missing ? Number.NaN : draw(),
        );
        columns.push({ name, kind: 'number', values });
        return (row) => (Number.isNaN(values[row] ?? 0) ? 0 : (values[row] ?? 0));
      },
      category(name, levels, missing = 0) {
        const codes = Int32Array.from({ length: rows }, () =>
          chance.next() < missing ? -1 : Math.floor(levels * chance.next() ** 1.5),
        );
        columns.push({
          name,
          kind: 'category',
          codes,
          levels: Array.from({ length: levels }, (_, level) => `level ${level}`),
        });
        return (row) => Math.max(0, codes[row] ?? 0);
      },
    },
    chance,
  );
  if (oddsOf === undefined) throw new TypeError(`there is no kind of table ${kind}`);
  const target = Float32Array.from({ length: rows }, (_, row) =>
    chance.next() < 1 / (1 + Math.exp(-oddsOf(row))) ? 1 : 0,
  );
  return { columns, target };
}
