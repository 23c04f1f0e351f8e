import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { clockAt } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { verifySchema } from '../database/verify-schema.ts';
import { importCustomers } from './import-customers.ts';

const ROWS = 40_000;

function take(database: Database, rows: readonly string[]) {
  const bytes = Buffer.from(`customer_id,email,name,tier,consent,consent_at,city\n${rows.join('\n')}\n`);
  const chunks = Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, at) =>
    bytes.subarray(at * 65_536, (at + 1) * 65_536),
  );
  return importCustomers(
    database,
    Readable.from(chunks),
    {
      bytes: bytes.length,
      ...{ file: 'large.csv', map: [], onConflict: 'update', rejectsPath: undefined, reportMissing: false },
      ...{ timezone: 'UTC', dryRun: false },
    },
    {
      ...{ clock: clockAt('2026-06-01T12:00:00.000Z'), run: { id: null, operator: 'test' } },
      signal: new AbortController().signal,
    },
  );
}

const row = (at: number, tier = 'gold', city = 'Ghent') =>
  `C-${at},guest${at}@example.com,"Jan ""J"" van den Berg",${tier},granted,2026-01-01,${city} \\ ${at}`;
const all = Array.from({ length: ROWS }, (_, at) => row(at + 1));

// More than two megabytes are read on another thread.
describeEngines('importing a large file', (open) => {
  test('takes in each row once, those of one customer in their order, and none again', async () => {
    const database = await open();
    const rows = [...all.slice(0, 20_000), '1x,nobody,Jan,,,,', row(7, 'silver'), ...all.slice(20_000)];
    rows.push(row(30_000, 'bronze', 'Zürich'));
    const first = await take(database, rows);
    expect(first).toMatchObject({ rows: ROWS + 3, created: ROWS, updated: 2, unchanged: 0, rejected: 1 });
    expect(first.updated_fields).toEqual({ tier: 2, 'attributes.city': 1 });
    // What a first load takes away is there again.
    expect((await verifySchema(database)).drift).toEqual([]);
    const stored = await database.queries
      .selectFrom('customers')
      .select(['customer_id', 'tier', 'last_name', 'attributes'])
      .where('customer_id', 'in', ['C-7', 'C-30000'])
      .orderBy('customer_id')
      .execute();
    expect(stored.map((each) => ({ ...each, attributes: JSON.parse(each.attributes) as unknown }))).toEqual([
      {
        ...{ customer_id: 'C-30000', tier: 'bronze', last_name: 'van den Berg' },
        attributes: { city: 'Zürich \\ 30000' },
      },
      { customer_id: 'C-7', tier: 'silver', last_name: 'van den Berg', attributes: { city: 'Ghent \\ 7' } },
    ]);
    const again = await take(database, all);
    expect(again).toMatchObject({ rows: ROWS, created: 0, updated: 2, unchanged: ROWS - 2 });
    const more = await take(database, [...all, 'new,new@example.com,,,,,', 'C-1,a@example.com,,,,,']);
    expect(more).toMatchObject({ created: 1, updated: 1, unchanged: ROWS });
    expect(more.updated_fields).toEqual({ email: 1, name: 1, tier: 1, 'attributes.city': 1 });
  });

  test('leaves nothing when the input breaks off', async () => {
    const database = await open();
    const broken = async function* () {
      yield Buffer.from(
        `customer_id,email\n${all.map((_, at) => `${at},g${at}@example.com,\u00e9`).join('\n')}`,
      );
      yield Buffer.from('customer_id,email\n'.repeat(10));
      throw new Error('the disk is gone');
    };
    const failing = importCustomers(
      database,
      Readable.from(broken()),
      {
        ...{ file: '-', map: [], onConflict: 'update', rejectsPath: undefined, reportMissing: false },
        ...{ timezone: 'UTC', dryRun: false },
      },
      {
        ...{ clock: clockAt('2026-06-01T12:00:00.000Z'), run: { id: null, operator: 'test' } },
        signal: new AbortController().signal,
      },
    );
    await expect(failing).rejects.toThrow();
    expect(await database.queries.selectFrom('customers').select('id').limit(1).execute()).toEqual([]);
  });
});
