import { createNothingCheck, parseText } from '../csv/parse-values.ts';
import { type ColumnSchema, LARGEST, readNumber, type TypedColumn } from './type-columns.ts';

/** A cell of a file is a text; what the database says of a customer may be a number already. */
export type Cell = string | number | null | undefined;

/** Reads rows as a model reads them, a batch at a time. */
export interface ValueCollector {
  /** Takes a row: cells in the order of the schemas. */
  add(cells: readonly Cell[]): void;
  /** The columns of the rows since the last time. */
  finish(): TypedColumn[];
}

interface ColumnBatch {
  add(row: number, cell: Cell): void;
  finish(rows: number): TypedColumn;
}

/** Reads rows by the schemas of a model. `nothing` are further spellings of an empty cell. */
export function createValueCollector(
  schemas: readonly ColumnSchema[],
  nothing: readonly string[] = [],
): ValueCollector {
  const isNothing = createNothingCheck(nothing);
  const readText = (text: string): string | undefined => (isNothing(text) ? undefined : parseText(text));
  const create = (): ColumnBatch[] =>
    schemas.map((schema) =>
      schema.kind === 'category' ? collectLevels(schema, readText) : collectNumbers(schema, readText),
    );
  let columns = create();
  let rows = 0;
  return {
    add(cells) {
      for (let at = 0; at < columns.length; at += 1) columns[at]?.add(rows, cells[at]);
      rows += 1;
    },
    finish() {
      const typed = columns.map((column) => column.finish(rows));
      columns = create();
      rows = 0;
      return typed;
    },
  };
}

type ReadText = (text: string) => string | undefined;

function collectLevels(schema: ColumnSchema, readText: ReadText): ColumnBatch {
  const codes: number[] = [];
  const known = new Map<string, number>();
  const levels: string[] = [];
  const places = new Map<string, number>();
  // Spelt with other blanks around it a text is the same level.
  const placeOf = (text: string): number => {
    const level = readText(text);
    if (level === undefined) return -1;
    const place = places.get(level) ?? levels.length;
    if (place === levels.length) {
      levels.push(level);
      places.set(level, place);
    }
    return place;
  };
  return {
    add(row, cell) {
      const text = String(cell ?? '');
      let code = known.get(text);
      if (code === undefined) {
        code = placeOf(text);
        known.set(text, code);
      }
      codes[row] = code;
    },
    finish: () => ({
      ...{ schema, unreadable: 0, infinite: 0 },
      column: { name: schema.name, kind: 'category', codes: Int32Array.from(codes), levels },
    }),
  };
}

function collectNumbers(schema: ColumnSchema, readText: ReadText): ColumnBatch {
  const { name } = schema;
  const kind = schema.kind === 'time' ? 'time' : 'number';
  const values: number[] = [];
  const known = new Map<string, number | null>();
  let [unreadable, infinite] = [0, 0];
  const numberOf = (text: string): number | null => {
    const spelt = readText(text);
    return spelt === undefined ? null : readNumber(schema, spelt);
  };
  const read = (text: string): number | null => {
    let value = known.get(text);
    if (value === undefined) {
      value = numberOf(text);
      known.set(text, value);
    }
    return value;
  };
  return {
    add(row, cell) {
      const value = typeof cell === 'number' && kind === 'number' ? cell : read(String(cell ?? ''));
      if (value !== null && Number.isNaN(value)) unreadable += 1;
      else if (value !== null && Math.abs(value) > LARGEST) infinite += 1;
      values[row] = value !== null && Math.abs(value) <= LARGEST ? value : Number.NaN;
    },
    finish: () => ({
      ...{ schema, unreadable, infinite },
      column: { name, kind, values: Float64Array.from(values) },
    }),
  };
}
