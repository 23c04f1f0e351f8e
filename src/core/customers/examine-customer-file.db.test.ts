import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { clockAt } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { examineCustomerFile } from './examine-customer-file.ts';
import { type ImportOptions, importCustomers } from './import-customers.ts';

const NOW = '2026-06-01T12:00:00.000Z';
const HEAD = 'customer_id,email,tier,total_spend,city\n';
const input = (csv: string) => Readable.from([Buffer.from(HEAD + csv)]);

async function take(database: Database, csv: string): Promise<void> {
  const options: ImportOptions = {
    file: '-',
    map: [],
    onConflict: 'update',
    rejectsPath: undefined,
    reportMissing: false,
    timezone: 'UTC',
    dryRun: false,
  };
  const { signal } = new AbortController();
  const dependencies = { clock: clockAt(NOW), run: { id: null, operator: 'test' }, signal };
  await importCustomers(database, input(csv), options, dependencies);
}

function examine(database: Database, csv: string, skipsKnown = false) {
  return examineCustomerFile(database.queries, input(csv), { map: [], timezone: 'UTC', skipsKnown }, NOW);
}

describeEngines('examining a customer file', (open) => {
  test('tells what would change, each field before and after', async () => {
    const database = await open();
    await take(database, '1,a@example.com,gold,1.50,Gent\n2,b@example.com,gold,,\n');
    const csv = '1,a@example.com,silver,2.5,\n2,b@example.com,gold,,\n3,c@example.com,gold,,\n';
    expect((await examine(database, csv)).changes).toEqual([
      {
        customer_id: '1',
        fields: {
          tier: { from: 'gold', to: 'silver' },
          total_spend: { from: '1.50', to: '2.50' },
          'attributes.city': { from: 'Gent', to: null },
        },
      },
    ]);
    expect((await examine(database, csv, true)).changes).toEqual([]);
  });

  test('lists the first 20 changes only', async () => {
    const database = await open();
    const rows = (tier: string) =>
      Array.from({ length: 30 }, (_, index) => `${index},u${index}@example.com,${tier},,\n`).join('');
    await take(database, rows('gold'));
    expect((await examine(database, rows('silver'))).changes).toHaveLength(20);
  });

  test('finds addresses that moved, and duplicates inside the file', async () => {
    const database = await open();
    await take(database, '1,j.an@gmail.com,,,\n2,b@example.com,,,\n');
    const { conflicts } = await examine(
      database,
      '3,jan+x@gmail.com,,,\n2,b@example.com,,,\n2,c@example.com,,,\n4,B@example.com,,,\n5,bad,,,\n',
    );
    expect(conflicts).toEqual({
      moved_addresses: {
        count: 2,
        first: [
          { line: 2, customer_id: '3', held_by: '1' },
          { line: 5, customer_id: '4', held_by: '2' },
        ],
      },
      repeated_ids: { count: 1, first: [{ line: 4, customer_id: '2' }] },
      shared_addresses: { count: 1, first: [{ line: 5, customer_id: '4', first_id: '2' }] },
    });
  });
});
