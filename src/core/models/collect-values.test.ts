import { expect, test } from 'vitest';
import { createChance } from './chance.ts';
import { createCellCollector } from './collect-cells.ts';
import { createValueCollector } from './collect-values.ts';
import { type ColumnSchema, readColumns } from './type-columns.ts';

const SCHEMAS: readonly ColumnSchema[] = [
  { name: 'age', kind: 'number' },
  { name: 'spend', kind: 'number', decimal_mark: ',' },
  { name: 'seen_at', kind: 'time', date_order: 'dmy' },
  { name: 'city', kind: 'category' },
];
const TEXTS = ['', ' 7 ', '7', '1,5', '-0.25', 'inf', '1e200', 'n.a. yet', 'NULL', '?', '03/04/2026'];
const MORE = ['2026-01-05T10:00:00Z', 'Porto', ' Porto', 'porto', '12%', '1e-7'];

test('reads texts as the columns of a file are read, batch by batch', () => {
  const seed = 20_261_121;
  const chance = createChance(seed, 'cells');
  const texts = [...TEXTS, ...MORE];
  const collector = createValueCollector(SCHEMAS, ['?']);
  for (const rows of [0, 1, 300, 40]) {
    const batch = Array.from({ length: rows }, () =>
      SCHEMAS.map(() => texts[Math.floor(chance.next() * texts.length)] ?? ''),
    );
    const cells = createCellCollector(
      SCHEMAS.map(({ name }) => name),
      ['?'],
    );
    for (const row of batch) {
      cells.add(row);
      collector.add(row);
    }
    expect(collector.finish(), `seed ${seed}`).toEqual(readColumns(SCHEMAS, cells.finish()));
  }
});

test('takes numbers as they are, whatever decimal sign the texts have', () => {
  const collector = createValueCollector(SCHEMAS);
  collector.add([7, 1.5, null, 12]);
  collector.add([null, Number.POSITIVE_INFINITY, '2026-01-05T10:00:00Z', '12']);
  expect(
    collector.finish().map(({ column, unreadable, infinite }) => ({ ...column, unreadable, infinite })),
  ).toEqual([
    { name: 'age', kind: 'number', values: Float64Array.of(7, Number.NaN), unreadable: 0, infinite: 0 },
    { name: 'spend', kind: 'number', values: Float64Array.of(1.5, Number.NaN), unreadable: 0, infinite: 1 },
    {
      ...{ name: 'seen_at', kind: 'time', unreadable: 0, infinite: 0 },
      values: Float64Array.of(Number.NaN, Date.UTC(2026, 0, 5, 10)),
    },
    {
      name: 'city',
      kind: 'category',
      codes: Int32Array.of(0, 0),
      levels: ['12'],
      unreadable: 0,
      infinite: 0,
    },
  ]);
});
