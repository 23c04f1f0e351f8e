import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import type { Database } from '../database/database.ts';
import { compileWhere } from './compile-where.ts';
import { customerFields } from './customer-fields.ts';
import { segmentLimits, segmentOf } from './segment-rules.ts';
import type { WhereFields } from './where-field.ts';

const NOW = '2026-06-01T12:00:00.000Z';

interface Given {
  readonly customer_id: string;
  readonly email?: string;
  readonly tier?: string;
  readonly name?: string;
  readonly joined_at?: string;
  readonly last_active_at?: string;
  readonly total_bookings?: number;
  readonly total_spend?: number;
  readonly attributes?: object;
  readonly erased_at?: string;
}

async function add(database: Database, customers: readonly Given[]): Promise<void> {
  for (const { attributes = {}, email, ...customer } of customers) {
    await database.queries
      .insertInto('customers')
      .values({
        consent: 'granted',
        source: 'import',
        created_at: NOW,
        updated_at: NOW,
        ...customer,
        email: email ?? null,
        address_key: email ?? null,
        attributes: JSON.stringify(attributes),
      })
      .execute();
  }
}

async function select(database: Database, ...where: string[]): Promise<string> {
  const condition = await compileWhere(database.queries, where, customerFields, { now: NOW });
  const rows = await database.queries
    .selectFrom('customers')
    .select('customer_id')
    .where(condition)
    .orderBy('customer_id')
    .execute();
  return rows.map((row) => row.customer_id).join(' ');
}

describeEngines('selecting customers', (open) => {
  test('compares texts exactly, orders them by bytes, and lets a missing one fit != alone', async () => {
    const database = await open();
    await add(database, [
      { customer_id: 'a', tier: 'gold' },
      { customer_id: 'b', tier: 'Gold' },
      { customer_id: 'c' },
    ]);
    expect(await select(database, 'tier = gold')).toBe('a');
    expect(await select(database, 'tier != gold')).toBe('b c');
    expect(await select(database, 'tier < gold')).toBe('b');
    expect(await select(database, 'tier in gold, Gold')).toBe('a b');
    expect(await select(database, 'tier = ""')).toBe('c');
    expect(await select(database, 'tier != ""')).toBe('a b');
    expect(await select(database)).toBe('a b c');
    expect(await select(database, 'tier != gold', 'tier != ""')).toBe('b');
  });

  test('finds parts of a text whatever the case, with accents, and takes % and _ for themselves', async () => {
    const database = await open();
    await add(database, [
      { customer_id: 'a', name: 'Élodie DUPONT' },
      { customer_id: 'b', name: 'zoë' },
      { customer_id: 'c', name: '100% Ünal_x' },
    ]);
    expect(await select(database, 'name ~ élodie')).toBe('a');
    expect(await select(database, 'name ~ dupont')).toBe('a');
    expect(await select(database, 'name ~ ZOË')).toBe('b');
    expect(await select(database, 'name ~ %')).toBe('c');
    expect(await select(database, 'name ~ ünal_')).toBe('c');
    expect(await select(database, 'name ~ ünalx')).toBe('');
  });

  test('compares addresses whatever the case', async () => {
    const database = await open();
    await add(database, [{ customer_id: 'a', email: 'Jan@example.com' }]);
    expect(await select(database, 'email = jan@EXAMPLE.com')).toBe('a');
    expect(await select(database, 'email ~ JAN')).toBe('a');
  });

  test('takes a date for the whole day', async () => {
    const database = await open();
    await add(database, [
      { customer_id: 'a', joined_at: '2026-03-01T00:00:00.000Z' },
      { customer_id: 'b', joined_at: '2026-03-01T23:59:59.999Z' },
      { customer_id: 'c', joined_at: '2026-03-02T00:00:00.000Z' },
      { customer_id: 'd' },
    ]);
    expect(await select(database, 'joined_at = 2026-03-01')).toBe('a b');
    expect(await select(database, 'joined_at != 2026-03-01')).toBe('c d');
    expect(await select(database, 'joined_at <= 2026-03-01')).toBe('a b');
    expect(await select(database, 'joined_at < 2026-03-01')).toBe('');
    expect(await select(database, 'joined_at > 2026-03-01')).toBe('c');
    expect(await select(database, 'joined_at >= 2026-03-01T23:59:59.999Z')).toBe('b c');
    expect(await select(database, 'joined_at = ""')).toBe('d');
  });

  test('compares amounts and counts as numbers', async () => {
    const database = await open();
    await add(database, [
      { customer_id: 'a', total_spend: 10_050, total_bookings: 9 },
      { customer_id: 'b', total_spend: 9_999, total_bookings: 10 },
    ]);
    expect(await select(database, 'total_spend >= 100.50')).toBe('a');
    expect(await select(database, 'total_bookings > 9')).toBe('b');
    expect(await select(database, 'total_bookings in 9, 10')).toBe('a b');
  });

  test('reads attributes of any name, as numbers where both sides are', async () => {
    const database = await open();
    await add(database, [
      { customer_id: 'a', attributes: { city: 'Den Haag', age: '9', '$.x [0]': 'odd' } },
      { customer_id: 'b', attributes: { city: 'Ghent', age: '30' } },
      { customer_id: 'c', attributes: { age: 'thirty' } },
      { customer_id: 'd', attributes: { age: '1.2.3' } },
    ]);
    await add(database, [{ customer_id: 'e', attributes: { share: '12%' } }]);
    expect(await select(database, 'attributes.share = 12%')).toBe('e');
    expect(await select(database, 'attributes.share > 10')).toBe('');
    expect(await select(database, 'attributes.city = Den Haag')).toBe('a');
    expect(await select(database, 'attributes.city != Ghent')).toBe('a c d e');
    expect(await select(database, 'attributes.age > 10')).toBe('b');
    expect(await select(database, 'attributes.age < -1')).toBe('');
    expect(await select(database, 'attributes.age > b')).toBe('c');
    expect(await select(database, 'attributes.$.x [0] = odd')).toBe('a');
    expect(await select(database, 'attributes.nothing = ""')).toBe('a b c d e');
  });

  test('keeps values out of the statement', async () => {
    const database = await open();
    await add(database, [{ customer_id: 'a', tier: "x' or 1=1 --" }]);
    expect(await select(database, 'tier = "x\' or 1=1 --"')).toBe('a');
    expect(await select(database, "tier = \"' or ''='\"")).toBe('');
    expect(await select(database, "attributes.a'b\\ = x")).toBe('');
  });

  test('knows segments by rule as the pure rule does', async () => {
    const database = await open();
    const days = [null, 1, 29, 31, 89, 91, 179, 181];
    const before = (count: number | null) =>
      count === null ? null : new Date(Date.parse(NOW) - count * 86_400_000).toISOString();
    const thresholds = { new_days: 30, active_days: 90, power_bookings: 5, inactive_days: 180 };
    const limits = segmentLimits(thresholds, NOW);
    await database.queries
      .insertInto('settings')
      .values({ name: 'segments.inactive_days', value: '180', updated_at: NOW, updated_by: 'tester' })
      .execute();
    const expected: Record<string, string[]> = {
      power_user: [],
      new_user: [],
      active_user: [],
      inactive_user: [],
    };
    const customers: Given[] = [];
    for (const joined of days) {
      for (const active of days) {
        for (const bookings of [null, 4, 5]) {
          const facts = {
            joined_at: before(joined),
            last_active_at: before(active),
            total_bookings: bookings,
          };
          const customer_id = `c${String(customers.length).padStart(3, '0')}`;
          customers.push({ customer_id, ...(facts as object) });
          const segment = segmentOf(facts, limits);
          if (segment !== null) expected[segment]?.push(customer_id);
        }
      }
    }
    await add(database, [...customers, { customer_id: 'gone', erased_at: NOW }]);
    for (const [name, members] of Object.entries(expected)) {
      expect(members.length).toBeGreaterThan(0);
      expect(await select(database, `segment = ${name}`)).toBe(members.join(' '));
    }
    expect((await select(database, 'segment in new_user, active_user')).split(' ').length).toBe(
      (expected['new_user']?.length ?? 0) + (expected['active_user']?.length ?? 0),
    );
    expect(await select(database, 'segment != inactive_user', 'erased_at != ""')).toBe('gone');
  });

  test('names the nearest segment or contest', async () => {
    const database = await open();
    await expect(select(database, 'segment = activ_user')).rejects.toMatchObject({
      code: 'not_found',
      hint: 'Did you mean "active_user"?',
    });
    await expect(select(database, 'contest = summer')).rejects.toMatchObject({
      code: 'not_found',
      hint: 'See: referral contests list',
    });
  });

  test('compares amounts by the currency of each row', async () => {
    const database = await open();
    const fields: WhereFields = {
      noun: 'rows',
      fields: { amount: { type: 'money', column: 'r.amount', currency: 'r.currency' } },
    };
    const condition = async (text: string) => {
      const where = await compileWhere(database.queries, [text], fields, { now: NOW });
      const { rows } = await sql<{
        currency: string;
      }>`select r.currency from (select 1000 as amount, 'EUR' as currency
        union all select 1000, 'JPY' union all select 1000, 'KWD') as r where ${where} order by 1`.execute(
        database.queries,
      );
      return rows.map((row) => row.currency).join(' ');
    };
    expect(await condition('amount = 10.00')).toBe('EUR');
    expect(await condition('amount >= 10')).toBe('EUR JPY');
    expect(await condition('amount < 1.001')).toBe('KWD');
  });
});
