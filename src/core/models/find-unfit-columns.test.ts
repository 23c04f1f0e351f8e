import { expect, it } from 'vitest';
import { createChance } from './chance.ts';
import type { Column } from './columns.ts';
import { findLeak, findUselessColumn } from './find-unfit-columns.ts';

const ROWS = 2_000;
const rows = Int32Array.from({ length: ROWS }, (_, row) => row);
const chance = createChance(1, 'test');
const target = Float32Array.from(rows, () => (chance.next() < 0.15 ? 1 : 0));
const numbers = (name: string, readValue: (row: number) => number): Column => ({
  name,
  kind: 'number',
  values: Float64Array.from(rows, readValue),
});

it('leaves alone a column that says something', () => {
  const column = numbers('recency', (row) => (target[row] ?? 0) + 2 * chance.normal());
  expect(findUselessColumn(column, rows)).toBeUndefined();
  expect(findLeak(column, target, rows)).toBeUndefined();
});

it.each([
  ['empty', numbers('x', () => Number.NaN)],
  ['constant', numbers('x', () => 7)],
  ['ids', numbers('x', (row) => 100_000 + row)],
  ['ids', numbers('customer_id', (row) => row * 7919)],
  ['ids', { name: 'x', kind: 'category', codes: rows, levels: Array.from(rows, String) } as Column],
])('finds a column that is %s', (problem, column) => {
  expect(findUselessColumn(column, rows)?.problem).toBe(problem);
});

it('finds the outcome under another name, also turned around', () => {
  expect(
    findLeak(
      numbers('visited', (row) => 1 - (target[row] ?? 0)),
      target,
      rows,
    )?.problem,
  ).toBe('gives_away');
});

it('finds what is filled in only after the event', () => {
  const spend = numbers('spend', (row) =>
    (target[row] ?? 0) === 1 && chance.next() < 0.2 ? 20 + chance.next() : 0,
  );
  const when = numbers('paid_at', (row) =>
    (target[row] ?? 0) === 1 && chance.next() < 0.2 ? row : Number.NaN,
  );
  expect(findLeak(spend, target, rows)?.problem).toBe('gives_away');
  const few = numbers('few', (row) => (row < 80 && (target[row] ?? 0) === 1 ? 20 + row : 0));
  expect(findLeak(few, target, rows)?.problem).toBe('gives_away');
  expect(findLeak(when, target, rows)?.problem).toBe('gives_away');
});

it('tells of a column that is very good alone, even where it does not rise with the outcome', () => {
  const column = numbers('hump', (row) => {
    const inside = (target[row] ?? 0) === 1 ? chance.next() < 0.97 : chance.next() < 0.02;
    return inside ? chance.next() - 0.5 : 2 + 3 * chance.next();
  });
  expect(findLeak(column, target, rows)?.problem).toBe('too_good_alone');
});
