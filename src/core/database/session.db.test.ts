import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import type { Database } from './database.ts';

const count = async ({ queries }: Database): Promise<number | undefined> =>
  (await sql<{ count: number }>`select count(*) as count from kept`.execute(queries)).rows[0]?.count;

describeEngines('a session', (open, engine) => {
  test('keeps temporary tables from one transaction to the next, also one that is taken back', async () => {
    const database = await open();
    await database.session(async (own) => {
      await sql`create temp table kept (id integer)`.execute(own.queries);
      await own.transaction((transaction) => sql`insert into kept values (1)`.execute(transaction));
      await own.transaction((transaction) => sql`insert into kept values (2)`.execute(transaction), {
        rollback: true,
      });
      expect(await count(own)).toBe(1);
      // Others have connections of their own, where there are several.
      if (engine === 'postgres') await expect(count(database)).rejects.toThrow('does not exist');
      await sql`drop table kept`.execute(own.queries);
    });
  });

  test('ends with what its work throws', async () => {
    const database = await open();
    await expect(database.session(() => Promise.reject(new RangeError('stopped')))).rejects.toThrow(
      'stopped',
    );
    expect((await sql`select 1`.execute(database.queries)).rows).toHaveLength(1);
  });
});
