import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import type { Queries } from './database.ts';
import { suspendIndexes } from './suspend-indexes.ts';
import { verifySchema } from './verify-schema.ts';

describeEngines('suspended indexes', (open, engine) => {
  async function countIndexes(queries: Queries): Promise<number> {
    const statement =
      engine === 'sqlite'
        ? sql<{
            n: number;
          }>`select count(*) as n from sqlite_master where type = 'index' and tbl_name = 'bookings' and sql is not null`
        : sql<{ n: number }>`select count(*) as n from pg_indexes where tablename = 'bookings'`;
    const { rows } = await statement.execute(queries);
    return rows[0]?.n ?? 0;
  }

  test('are away meanwhile, and the schema is the one that it was', async () => {
    const database = await open();
    const before = await countIndexes(database.queries);
    await database.transaction(async (trx) => {
      const restore = await suspendIndexes(trx, 'bookings');
      expect(await countIndexes(trx)).toBeLessThan(before);
      await restore();
    });
    expect(await countIndexes(database.queries)).toBe(before);
    expect((await verifySchema(database)).drift).toEqual([]);
  });

  test('are there again when the work fails', async () => {
    const database = await open();
    const failing = database.transaction(async (trx) => {
      await suspendIndexes(trx, 'bookings');
      throw new Error('half-way');
    });
    await expect(failing).rejects.toThrow('half-way');
    expect((await verifySchema(database)).drift).toEqual([]);
  });

  if (engine === 'sqlite') return;

  test('take unique constraints with them, unless those are kept, and refuse what is there twice when they come back', async () => {
    const database = await open();
    const row = {
      source: 'x',
      booking_reference: 'B-1',
      amount_minor: 1,
      currency: 'EUR',
      status: 'confirmed',
    } as const;
    const at = '2026-06-01T00:00:00.000Z';
    const add = (queries: Queries) =>
      queries
        .insertInto('bookings')
        .values({ ...row, refunded_minor: 0, attributes: '{}', booked_at: at, created_at: at })
        .execute();
    const load = (which: 'others' | 'unique' | 'all', times: number) =>
      database.transaction(async (trx) => {
        const restore = await suspendIndexes(trx, 'bookings', which);
        for (let time = 0; time < times; time += 1) await add(trx);
        await restore().catch((error: unknown) => {
          throw new Error('at the end', { cause: error });
        });
      });
    await expect(load('all', 2)).rejects.toThrow('at the end');
    await expect(load('others', 2)).rejects.not.toThrow('at the end');
    await expect(load('unique', 2)).rejects.toThrow('at the end');
    await load('all', 1);
    expect((await verifySchema(database)).drift).toEqual([]);
    await expect(add(database.queries)).rejects.toThrow();
  });

  test('stay where somebody reads the table', async () => {
    const database = await open();
    await database.snapshot(async (reader) => {
      await reader.selectFrom('bookings').select('id').execute();
      await database.transaction(async (trx) => {
        const before = await countIndexes(trx);
        const restore = await suspendIndexes(trx, 'bookings');
        expect(await countIndexes(trx)).toBe(before);
        await restore();
      });
    });
    expect((await verifySchema(database)).drift).toEqual([]);
  });
});
