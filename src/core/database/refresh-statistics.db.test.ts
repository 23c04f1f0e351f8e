import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { createAudience } from '../../../test/campaign-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import { clockAt } from '../clock.ts';
import type { Database } from './database.ts';
import { refreshStatistics } from './refresh-statistics.ts';

const clock = clockAt('2026-07-01T10:00:00.000Z');
const PEOPLE = 100;

describeEngines('refreshed statistics', (open, engine) => {
  // -1 before a table was ever analysed.
  async function countKnown(database: Database): Promise<number | undefined> {
    if (engine === 'sqlite') return undefined;
    const { rows } = await sql<{ rows: number }>`
      select reltuples::bigint as rows from pg_class where oid = 'customers'::regclass`.execute(
      database.queries,
    );
    return rows[0]?.rows;
  }

  test('are those of rows that the same transaction wrote, where these were many', async () => {
    const database = await open();
    await createAudience(database, PEOPLE, clock);
    await database.transaction((trx) => refreshStatistics(trx, 9_999, ['customers']));
    expect(await countKnown(database)).toBe(engine === 'sqlite' ? undefined : -1);
    await database.transaction(async (trx) => {
      await trx.deleteFrom('codes').where('customer_ref', '=', PEOPLE).execute();
      await trx.deleteFrom('participants').where('customer_ref', '=', PEOPLE).execute();
      await trx.deleteFrom('customers').where('id', '=', PEOPLE).execute();
      await refreshStatistics(trx, 10_000, ['customers', 'codes']);
    });
    expect(await countKnown(database)).toBe(engine === 'sqlite' ? undefined : PEOPLE - 1);
  });
});
