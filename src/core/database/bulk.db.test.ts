import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { createBinaryRows, readBinaryRows } from './binary-rows.ts';
import { readCopyOut } from './copy-out.ts';
import { copyBinary, copyRows } from './copy-rows.ts';
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

  test('takes rows in the binary format, and gives them back as they were', async () => {
    const database = await open();
    const row = (id: number, text: string | null, at: string | null) => ({ id, text, at });
    const rows = [
      row(1, 'é 🎉\t\\N', '2026-03-01T09:00:00.123Z'),
      row(-(2 ** 53) + 1, '', '1969-12-31T23:59:59.999Z'),
      row(2 ** 53 - 1, null, null),
    ];
    const read = await database.transaction(async (transaction) => {
      await sql`create temp table kept (id bigint, text text, at timestamptz(3), document jsonb) on commit drop`.execute(
        transaction,
      );
      const written = createBinaryRows(['integer', 'text', 'time', 'json'], 16);
      for (const { id, text, at } of rows) written.add([id, text, at, '{"a": "é"}']);
      await copyBinary(transaction, 'kept', ['id', 'text', 'at', 'document'], [written.finish()]);
      const { rows: documents } = await sql<{ document: string }>`select document from kept`.execute(
        transaction,
      );
      expect(documents).toEqual(rows.map(() => ({ document: '{"a": "é"}' })));
      return readCopyOut(transaction, 'select id, text, at from kept');
    });
    expect([...readBinaryRows(read, { id: 'integer', text: 'text', at: 'time' }, 2)]).toEqual([
      rows.slice(0, 2),
      rows.slice(2),
    ]);
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
