import { type Column, countMissing, lengthOf } from './columns.ts';
import type { Model } from './model-document.ts';
import type { TypedColumn } from './type-columns.ts';

/** Looks at the columns that a model scores, batch by batch, for what it can't make anything of. */
export interface ColumnWatch {
  add(columns: readonly TypedColumn[]): void;
  /** For people; empty when there is nothing to say. */
  warnings(): string[];
}

interface Seen {
  rows: number;
  present: number;
  unreadable: number;
  infinite: number;
  /** Rows with a level that the model has not learned by itself. */
  others: number;
}

// So many more rows of other levels than in the training are worth a word.
const MORE = 0.1;

/** A watch over the columns of a model. */
export function watchColumns({ columns, classifier }: Model): ColumnWatch {
  const known = new Map<string, Set<string>>();
  const rest = new Map<string, number>();
  for (const feature of classifier.ensemble.encoder.features) {
    if (feature.kind !== 'category' && feature.kind !== 'embedding') continue;
    const levels = known.get(feature.column) ?? new Set();
    for (const level of feature.levels) levels.add(level);
    known.set(feature.column, levels);
    if (feature.kind === 'category') rest.set(feature.column, feature.rest);
  }
  const seen = new Map<string, Seen>();
  return {
    add(typed) {
      for (const { column, unreadable, infinite } of typed) {
        const sum = seen.get(column.name) ?? { rows: 0, present: 0, unreadable: 0, infinite: 0, others: 0 };
        sum.rows += lengthOf(column);
        sum.present += lengthOf(column) - countMissing(column);
        sum.unreadable += unreadable;
        sum.infinite += infinite;
        sum.others += countOthers(column, known.get(column.name));
        seen.set(column.name, sum);
      }
    },
    warnings: () =>
      columns.flatMap(({ name, kind }) => {
        const sum = seen.get(name);
        return sum === undefined ? [] : [...warningsOf(name, kind, sum, rest.get(name) ?? 0)];
      }),
  };
}

function countOthers(column: Column, known: ReadonlySet<string> | undefined): number {
  if (column.kind !== 'category' || known === undefined) return 0;
  const isOther = column.levels.map((level) => !known.has(level));
  return column.codes.reduce((sum, code) => sum + (isOther[code] === true ? 1 : 0), 0);
}

function* warningsOf(
  name: string,
  kind: Column['kind'],
  { rows, present, unreadable, infinite, others }: Seen,
  rest: number,
): Generator<string> {
  if (unreadable > 0) yield `"${name}": ${unreadable} values are no ${kind}; they count as missing`;
  if (infinite > 0) yield `"${name}": ${infinite} values are infinite; they count as missing`;
  if (rows > 0 && present === 0) yield `"${name}" has no value in any row, as it had in the training`;
  if (others > (rest + MORE) * present) {
    yield `"${name}": ${others} of ${present} values were not there in the training, or were rare (${Math.round(100 * rest)} % of them then); they count as one group: train the model again on newer rows`;
  }
}
