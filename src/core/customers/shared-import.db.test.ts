import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { clockAt } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { type ImportOptions, importCustomers } from './import-customers.ts';

const SHARED = join(import.meta.dirname, '../../../../shared/data');

/** The lines of a shared file, each with a made-up address of its line behind it. */
function withAddresses(name: string): string[] {
  const lines = readFileSync(join(SHARED, name), 'utf8').split(/\r?\n/).filter(Boolean);
  return lines.map((line, at) => `${line},${at === 0 ? 'address' : `guest${at + 1}@example.com`}`);
}

/** The cells of a line; the quotes of these files hold no quotes and no line ends. */
function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  );
}

function countBy(texts: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const text of texts) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
}

function take(database: Database, csv: string, map: readonly string[], options: Partial<ImportOptions> = {}) {
  return importCustomers(
    database,
    Readable.from([Buffer.from(csv)]),
    {
      ...{ file: 'shared.csv', map, onConflict: 'update', rejectsPath: undefined, reportMissing: false },
      ...{ timezone: 'UTC', dryRun: false },
      ...options,
    },
    {
      ...{ clock: clockAt('2026-06-01T12:00:00.000Z'), run: { id: null, operator: 'test' } },
      signal: new AbortController().signal,
    },
  );
}

async function storedAttributes(database: Database): Promise<(name: string) => Record<string, number>> {
  const rows = await database.queries.selectFrom('customers').select('attributes').execute();
  const parsed = rows.map(({ attributes }) => JSON.parse(attributes) as Record<string, string>);
  return (name) => countBy(parsed.map((attributes) => attributes[name] ?? ''));
}

describe.skipIf(!existsSync(SHARED))('real exports (skipped without ../shared/data)', () => {
  describeEngines('real exports', (open) => {
    test('the e-mail challenge: each row becomes a customer, and none changes when it comes again', async () => {
      const database = await open();
      const lines = withAddresses('hillstrom.csv');
      const csv = `${lines.join('\n')}\n`;
      const map = ['#=customer_id', 'address=email'];
      expect(await take(database, csv, map)).toMatchObject({
        ...{ rows: lines.length - 1, created: lines.length - 1, updated: 0, rejected: 0 },
      });
      const [header = [], ...rows] = lines.map(cellsOf);
      const stored = await storedAttributes(database);
      for (const name of ['segment', 'history_segment', 'zip_code', 'spend']) {
        const column = header.indexOf(name);
        expect(stored(name)).toEqual(countBy(rows.map((row) => row[column] ?? '')));
      }
      const again = await take(database, csv, map);
      expect(again).toMatchObject({ created: 0, updated: 0, unchanged: lines.length - 1, rejected: 0 });
    }, 240_000);

    test('the bookings of two hotels: rows without a company are refused, the others are one customer each', async () => {
      const database = await open();
      const lines = withAddresses('hotel_bookings.csv');
      const [header = [], ...rows] = lines.map(cellsOf);
      const company = header.indexOf('company');
      const hotel = header.indexOf('hotel');
      const named = rows.filter((row) => row[company] !== 'NULL');
      const last = new Map(named.map((row) => [row[company] ?? '', row]));
      expect(
        await take(database, `${lines.join('\n')}\n`, ['company=customer_id', 'address=email']),
      ).toMatchObject({
        ...{ rows: rows.length, created: last.size, updated: named.length - last.size, unchanged: 0 },
        ...{
          rejected: rows.length - named.length,
          rejected_columns: { company: rows.length - named.length },
        },
      });
      const stored = await database.queries
        .selectFrom('customers')
        .select(['customer_id', 'email'])
        .orderBy('customer_id')
        .execute();
      expect(new Map(stored.map(({ customer_id, email }) => [customer_id, email]))).toEqual(
        new Map([...last].map(([id, row]) => [id, row.at(-1) ?? ''])),
      );
      const hotels = [...last.values()].map((row) => row[hotel] ?? '');
      expect((await storedAttributes(database))('hotel')).toEqual(countBy(hotels));
    }, 240_000);

    test.each([
      ['country', 'agent'],
      ['agent', 'reservation_status'],
      ['lead_time', 'hotel'],
    ])(
      'the bookings with %s for an id and %s for an address: every row is refused and kept',
      async (id, address) => {
        const database = await open();
        const folder = await mkdtemp(join(tmpdir(), 'referral-shared-'));
        const rejectsPath = join(folder, 'rejects.csv');
        try {
          const [titles = '', ...all] = readFileSync(join(SHARED, 'hotel_bookings.csv'), 'utf8')
            .split('\n')
            .filter(Boolean);
          // Every fourth row of those that the test before takes in: refusing is slower than taking in.
          const lines = [titles, ...all.filter((_, at) => at % 4 === 0)];
          const csv = `${lines.join('\n')}\n`;
          const [header = [], ...rows] = lines.map(cellsOf);
          const column = header.indexOf(id);
          const without = rows.filter((row) => row[column] === 'NULL').length;
          expect(
            await take(database, csv, [`${id}=customer_id`, `${address}=email`], { rejectsPath }),
          ).toMatchObject({
            ...{ rows: rows.length, created: 0, updated: 0, unchanged: 0, rejected: rows.length },
            rejected_columns: {
              ...(without === 0 ? {} : { [id]: without }),
              [address]: rows.length - without,
            },
          });
          const kept = (await readFile(rejectsPath, 'utf8')).split(/\r?\n/).filter(Boolean);
          expect(kept).toHaveLength(rows.length + 1);
        } finally {
          await rm(folder, { recursive: true });
        }
      },
      240_000,
    );
  });
});
