import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import type { Queries } from '../database/database.ts';
import { verifySchema } from '../database/verify-schema.ts';
import { beginFirstLoad } from './first-load.ts';
import type { ImportBatch } from './import-batch.ts';

function batch(first?: string, last = first): ImportBatch {
  const ids = first === undefined || last === undefined ? undefined : { first, last };
  const empty = { payload: new Uint8Array(), lines: new Uint32Array(), refused: [] };
  return { ...{ kind: 'rows', rows: 1, count: 1, form: 'copy', hasRepeats: false, ids }, ...empty };
}

describeEngines('a first load', (open, engine) => {
  /** Can customers be looked up by their ids? */
  async function hasUnique(queries: Queries): Promise<boolean> {
    if (engine === 'sqlite') return true;
    const { rows } = await sql`select 1 from pg_constraint
      where conrelid = 'customers'::regclass and contype = 'u'`.execute(queries);
    return rows.length > 0;
  }

  test.for([
    { what: 'an id that came before', batches: [batch('b', 'c'), batch('d'), batch('d', 'e')] },
    { what: 'a lesser id', batches: [batch('b', 'c'), batch('d'), batch('a', 'z')] },
    { what: 'a batch out of order', batches: [batch('b', 'c'), batch('d'), batch()] },
  ])('knows all to be new until there is $what', async ({ batches }) => {
    const database = await open();
    await database.transaction(async (transaction) => {
      const load = await beginFirstLoad(transaction, true);
      const told: boolean[] = [];
      for (const one of [...batches, batch('x', 'y')]) told.push(await load.hasNew(one));
      expect(told).toEqual([true, true, false, false]);
      expect(await hasUnique(transaction)).toBe(true);
      await load.finish();
    });
    expect((await verifySchema(database)).drift).toEqual([]);
  });

  test('builds the indexes at its end where all ascend', async () => {
    const database = await open();
    await database.transaction(async (transaction) => {
      const load = await beginFirstLoad(transaction, true);
      expect(await load.hasNew(batch('a', 'c'))).toBe(true);
      expect(await hasUnique(transaction)).toBe(engine === 'sqlite');
      await load.finish();
    });
    expect((await verifySchema(database)).drift).toEqual([]);
  });

  test('leaves the indexes alone where it is told to', async () => {
    const database = await open();
    await database.transaction(async (transaction) => {
      const load = await beginFirstLoad(transaction, false);
      expect(await load.hasNew(batch('a', 'c'))).toBe(true);
      expect(await hasUnique(transaction)).toBe(true);
      await load.finish();
    });
  });
});
