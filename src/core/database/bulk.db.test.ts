import { expect, test } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { copyRows } from './copy-rows.ts';
import { chunksOf, inChunks } from './in-chunks.ts';
import { insertRows } from './insert-rows.ts';

test('rows are grouped without losing one', async () => {
  const groups: number[][] = [];
  for await (const group of inChunks([1, 2, 3, 4, 5], 2)) groups.push(group);
  expect(groups).toEqual([[1, 2], [3, 4], [5]]);
  expect(chunksOf([1, 2, 3], 3)).toEqual([[1, 2, 3]]);
  expect(chunksOf([], 3)).toEqual([]);
});

describeEngines('bulk loading', (open, engine) => {
  test('inserts more rows than a statement has parameters', async () => {
    const database = await open();
    const rows = Array.from({ length: 40_000 }, (_, at) => ({ name: `n${at}`, value: 'x' }));
    await database.transaction((transaction) => insertRows(transaction, 'meta', rows));
    const { count } = await database.queries
      .selectFrom('meta')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    expect(count).toBe(40_002);
  });

  // COPY is PostgreSQL's own.
  if (engine !== 'postgres') return;

  test('copies rows with every awkward character', async () => {
    const database = await open();
    const awkward = [
      'tab\there',
      'line\nfeed',
      'return\rhere',
      'back\\slash',
      '\\N',
      '',
      '\\.',
      'é 🎉',
      '"quoted"',
    ];
    await database.transaction((transaction) =>
      copyRows(
        transaction,
        'meta',
        ['name', 'value'],
        awkward.map((value, at) => [`n${at}`, value]),
      ),
    );
    const rows = await database.queries
      .selectFrom('meta')
      .select('value')
      .where('name', 'like', 'n%')
      .orderBy('name')
      .execute();
    expect(rows.map(({ value }) => value)).toEqual(awkward);
  });

  test('leaves nothing of a copy that fails', async () => {
    const database = await open();
    const rows = [
      ['a', '1'],
      ['a', '2'],
    ];
    const failing = database.transaction((transaction) =>
      copyRows(transaction, 'meta', ['name', 'value'], rows),
    );
    await expect(failing).rejects.toThrow(/duplicate key/);
    expect(await database.queries.selectFrom('meta').selectAll().execute()).toHaveLength(2);
  });
});
