import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { createContestFixture, NOW, rowImporter } from '../../../test/contest-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import { getContest } from '../contests/get-contest.ts';
import type { Database } from '../database/database.ts';
import { verifySchema } from '../database/verify-schema.ts';
import { evaluateReferrals } from './evaluate-referrals.ts';
import type { ImportBookingsResult } from './import-bookings.ts';

/** From 20,000 rows on, empty tables are loaded without their indexes, which are built at the end. */
const ROWS = 20_100;

describeEngines('a large import', (open, engine) => {
  test('credits every booking once, finds each again, and leaves the schema as it was', {
    timeout: 120_000,
  }, async () => {
    const database = await open();
    const { importRows, codes } = await createContestFixture(database);
    const [one = '', two = ''] = [codes.get('C-1'), codes.get('C-2')];
    const codeOf = (index: number): string => [one, two, ''][index % 3] ?? '';
    const rows = Array.from({ length: ROWS }, (_, index) => [
      ...[`B-${index}`, `friend${index}@example.net`, codeOf(index), '100', 'completed', '2026-06-10'],
    ]);
    const header = ['booking_reference', 'email', 'code', 'amount', 'status', 'booked_at'];
    const third = ROWS / 3;
    const first = await importRows([header, ...rows]);
    expect(first).toMatchObject({ rows: ROWS, created: ROWS, rejected: 0, unattributed: third });
    expect(first.referrals.approved).toBe(2 * third);
    expect((await verifySchema(database)).drift).toEqual([]);
    expect(await listAnalysed(database)).toEqual(
      engine === 'sqlite' ? [] : ['bookings', 'customers', 'referrals'],
    );
    const steps: (number | undefined)[][] = [];
    const again = await importRows(
      [header, ...rows.toReversed(), [`B-${ROWS}`, '', '', '1', 'confirmed', '2026-06-10']],
      { onStep: (...counts) => steps.push(counts) },
    );
    expect(steps).toEqual([1, 2, 3, 4].map((step) => [step, 4]));
    expect(again).toMatchObject({ created: 1, updated: 0, unchanged: ROWS, unattributed: third + 1 });
    expect(again.referrals).toEqual(first.referrals);
    // Each page of what is looked at one by one is a step more.
    const dearer = rows.slice(0, 4_100).map((row) => row.with(3, '101'));
    steps.length = 0;
    const updated = await importRows([header, ...dearer], { onStep: (...counts) => steps.push(counts) });
    expect(updated).toMatchObject({ created: 0, updated: 4_100 });
    expect(steps.at(0)).toEqual([1, 4]);
    expect(steps.slice(1)).toEqual([2, 3, 4, 5, 6].map((step) => [step, 6]));
  });

  test('is taken back when a step ends it', async () => {
    const database = await open();
    const { importRows } = await createContestFixture(database);
    const onStep = (done: number): void => {
      if (done === 3) throw new RangeError('stopped');
    };
    const rows = [
      ['booking_reference', 'amount', 'status', 'booked_at'],
      ['B-1', '1', 'confirmed', '2026-06-10'],
    ];
    await expect(importRows(rows, { onStep })).rejects.toThrow('stopped');
    expect(await database.queries.selectFrom('bookings').select('id').execute()).toEqual([]);
  });

  test('reads a large file on another thread: the same rows, refused ones and codes as in small files', {
    timeout: 120_000,
  }, async () => {
    const [whole, parts] = [await open(), await open()];
    const folder = await mkdtemp(join(tmpdir(), 'referral-large-'));
    try {
      const header = ['booking_reference', 'email', 'code', 'amount', 'status', 'booked_at', 'Remark'];
      const rows = Array.from({ length: 12_000 }, (_, index) => [
        ...[`B-${index}`, `friend${index}@example.net`, index % 5_000 === 7 ? 'ZZZZZZZ9' : ''],
        ...[index % 1_000 === 3 ? 'dear' : `${index}.5`, 'completed', '2026-06-10'],
        // Two bytes a letter and a quoted line end, so that cells go over the ends of pieces.
        `"${`é""\n`.repeat(index % 60)}"`,
      ]);
      const results: ImportBookingsResult[] = [];
      const importInto = async (database: Database, some: readonly (readonly string[])[], name: string) => {
        const rejects = join(folder, name);
        results.push(await rowImporter(database)([header, ...some], { rejects }));
        return readFile(rejects, 'utf8');
      };
      for (const database of [whole, parts]) await createContestFixture(database);
      const refused = await importInto(whole, rows, 'whole.csv');
      const refusedParts: string[] = [];
      for (let at = 0; at < rows.length; at += 3_000) {
        refusedParts.push(await importInto(parts, rows.slice(at, at + 3_000), `part-${at}.csv`));
      }
      const [all, ...some] = results;
      expect(all).toMatchObject({ rows: 12_000, created: 11_988, rejected: 12, encoding: 'utf-8' });
      expect(some.reduce((sum, { created }) => sum + created, 0)).toBe(11_988);
      // Lines are counted from the beginning of each file.
      const rowsOf = (text: string): string => text.replace(/^.*\n/, '').replace(/^\d+,/gm, '');
      expect(rowsOf(refused)).toBe(refusedParts.map(rowsOf).join(''));
      expect(all?.code_problems.map(({ booking_reference }) => booking_reference)).toEqual(
        some.flatMap((result) => result.code_problems.map(({ booking_reference }) => booking_reference)),
      );
      const bookingsOf = ({ queries }: Database) =>
        queries
          .selectFrom('bookings as b')
          .innerJoin('customers as c', 'c.id', 'b.customer_ref')
          .select([
            'b.booking_reference',
            'c.customer_id',
            'c.email',
            'b.code',
            'b.amount_minor',
            'b.attributes',
          ])
          .orderBy('b.booking_reference')
          .execute();
      expect(await bookingsOf(whole)).toEqual(await bookingsOf(parts));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('leaves nothing of a large file that breaks off, and does not wait for the thread that reads it', {
    timeout: 60_000,
  }, async () => {
    const database = await open();
    const { importRows } = await createContestFixture(database);
    async function* listPieces(): AsyncGenerator<string> {
      yield 'booking_reference,amount,status,booked_at\n';
      for (let row = 0; row < 60_000; row += 100) {
        yield Array.from(
          { length: 100 },
          (_, at) => `B-${row + at},1,completed,2026-06-10,,,,,,,,,,,,,,,,\n`,
        ).join('');
      }
      throw new RangeError('the disk is gone');
    }
    await expect(importRows([], { input: Readable.from(listPieces()) })).rejects.toThrow('the disk is gone');
    expect(await database.queries.selectFrom('bookings').select('id').execute()).toEqual([]);
  });

  test('loads first referrals whose bookings are far apart, each once and as one by one', {
    timeout: 60_000,
  }, async () => {
    const database = await open();
    const { importRows, codes } = await createContestFixture(database);
    const contest = await getContest(database.queries, 'summer');
    // The next booking is 74,000: those that follow lie on both sides of the 75,000th.
    await database.queries
      .insertInto('bookings')
      .values({
        ...{ id: 73_999, source: 'other', booking_reference: 'X', amount_minor: 0, refunded_minor: 0 },
        ...{ currency: 'EUR', status: 'cancelled', booked_at: '2026-01-01T00:00:00.000Z', attributes: '{}' },
        created_at: '2026-01-01T00:00:00.000Z',
      })
      .execute();
    if (engine === 'postgres') {
      await sql`select setval(pg_get_serial_sequence('bookings', 'id'), 73999)`.execute(database.queries);
    }
    const rows = Array.from({ length: 4_100 }, (_, index) => [
      ...[`B-${index}`, `friend${index}@example.net`, codes.get('C-1') ?? '', '100', 'completed'],
      `2026-06-${String(10 + (index % 7)).padStart(2, '0')}`,
    ]);
    await importRows([['booking_reference', 'email', 'code', 'amount', 'status', 'booked_at'], ...rows]);
    const ids = await database.queries.selectFrom('referrals').select('booking_id').orderBy('id').execute();
    expect(new Set(ids.map((row) => row.booking_id)).size).toBe(4_100);
    expect(Math.max(...ids.map((row) => row.booking_id ?? 0))).toBe(78_099);
    const evaluated = await database.transaction((queries) => evaluateReferrals(queries, contest, NOW));
    expect(evaluated).toEqual({ created: 0, changed: 0 });
  });
});

/** Tables whose rows the planner of PostgreSQL knows something about. */
async function listAnalysed({ engine, queries }: Database): Promise<string[]> {
  if (engine === 'sqlite') return [];
  const { rows } = await sql<{ name: string }>`select distinct tablename as name from pg_stats
    where schemaname = current_schema() and tablename in ('bookings', 'customers', 'referrals') order by name`.execute(
    queries,
  );
  return rows.map(({ name }) => name);
}
