import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { seeded } from '../../../test/servers/seeded.ts';
import { clockAt } from '../clock.ts';
import { COPY_HEADER, COPY_TRAILER } from '../database/binary-rows.ts';
import type { Database } from '../database/database.ts';
import { JSONB_ARRAY_HEADER } from '../database/jsonb.ts';
import { eraseCustomerRows } from './erase-queries.ts';
import { type ImportOptions, importCustomers } from './import-customers.ts';
import { constantsOf } from './import-queries.ts';
import { type ImportSource, openImportSource } from './open-import-source.ts';
import { withdrawConsent } from './people-change-queries.ts';

// With this many rows of this length a file is read on another thread.
const ROWS = 5_000;
const HEADER = 'customer_id,email,name,tier,joined_at,consent,consent_at,note';
const FILLER = 'a note that makes rows long enough for a large file, with "quotes", and an é. '.repeat(5);
const NOW = '2026-06-01T12:00:00.000Z';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'referral-hashes-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

function row(at: number, tier = 'gold', consent = 'granted'): string {
  const day = String(1 + (at % 28)).padStart(2, '0');
  return `C-${at},guest${at}@example.com,Jan van den Berg,${tier},2026-01-${day},${consent},2026-01-01,${quoted(`${FILLER} ${at}`)}`;
}

const all = Array.from({ length: ROWS }, (_, at) => row(at + 1));

/** Every kind of row that can come instead of one that is as before. */
const VARIATIONS: readonly ((at: number) => string[])[] = [
  (at) => [row(at, 'silver')],
  (at) => [row(at).replace('gold', '"gold"')],
  (at) => [row(at).replace(`guest${at}@`, `Other${at}@`)],
  (at) => [row(at, 'gold', 'withdrawn')],
  (at) => [row(at).replace('example.com', 'nowhere')],
  (at) => [row(at).replace(',2026-01-', ',yesterday-')],
  (at) => [`${row(at)},one too many`],
  (at) => [row(at), row(at, 'bronze'), row(at)],
  (at) => [row(at).replace(FILLER, 'a line\nand another')],
  (at) => [row(at), row(at + 1_000_000)],
  (at) => [row(at).replace(`C-${at},`, ',')],
  (at) => [row(at).replace(`C-${at},`, ` C-${at} ,`)],
  () => [],
];

function vary(seed: number, share: number): string[] {
  const random = seeded(seed);
  const rows = all.flatMap((same, index) => {
    if (random() >= share) return [same];
    const vary = VARIATIONS[Math.floor(random() * VARIATIONS.length)];
    return vary?.(index + 1) ?? [same];
  });
  // Far away from the row that it repeats.
  return [...rows, row(5, 'silver'), row(6, 'gold')];
}

async function take(database: Database, rows: readonly string[], options: Partial<ImportOptions> = {}) {
  const bytes = Buffer.from(`${HEADER}\n${rows.join('\n')}\n`);
  const rejectsPath = join(folder, `${Math.random()}.csv`);
  const result = await importCustomers(
    database,
    Readable.from([bytes]),
    {
      ...{ file: 'large.csv', bytes: bytes.length, map: [], onConflict: 'update', rejectsPath },
      ...{ reportMissing: false, timezone: 'UTC', dryRun: false, ...options },
    },
    {
      ...{ clock: clockAt(NOW), run: { id: null, operator: 'test' } },
      signal: new AbortController().signal,
    },
  );
  const rejects = result.rejects_file === null ? '' : await readFile(rejectsPath, 'utf8');
  return { result: { ...result, rejects_file: null }, rejects };
}

/** As text, which is compared a hundred times faster than objects are. */
async function listCustomers({ queries }: Database): Promise<string> {
  const customers = await queries
    .selectFrom('customers')
    .select(['customer_id', 'email', 'address_key', 'name', 'last_name', 'tier', 'joined_at', 'updated_at'])
    .select(['consent', 'consent_at', 'attributes', 'erased_at'])
    .orderBy('customer_id')
    .execute();
  return customers.map((customer) => JSON.stringify(customer)).join('\n');
}

async function countHashed({ queries }: Database): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(row_hash) as count from customers`.execute(
    queries,
  );
  return Number(rows[0]?.count);
}

/** What happens to customers beside imports. */
async function disturb({ queries }: Database): Promise<void> {
  const keys = await queries.selectFrom('customers').select(['id', 'customer_id']).execute();
  const keyOf = new Map(keys.map(({ id, customer_id }) => [customer_id, id]));
  const listKeys = (...ids: number[]) => ids.map((id) => keyOf.get(`C-${id}`) ?? 0);
  await withdrawConsent(queries, listKeys(1, 40, 4_000), { now: NOW, source: 'link' });
  await eraseCustomerRows(queries, listKeys(2, 50, 4_001), NOW);
  await queries
    .updateTable('customers')
    .set({ tier: 'changed' })
    .where('id', 'in', listKeys(3, 60))
    .execute();
}

describeEngines('importing a file again by its hashes', (open) => {
  test('gives what comparing every row gives, whatever happened in between', async () => {
    const [hashed, compared] = [await open(), await open()];
    const takeBoth = async (rows: readonly string[], options: Partial<ImportOptions> = {}) => {
      await compared.queries.updateTable('customers').set({ row_hash: null }).execute();
      const [one, other] = [await take(hashed, rows, options), await take(compared, rows, options)];
      expect(one).toEqual(other);
      expect((await listCustomers(hashed)) === (await listCustomers(compared))).toBe(true);
      return one.result;
    };
    await takeBoth(all);
    expect(await countHashed(hashed)).toBe(ROWS);
    expect(await takeBoth(all)).toMatchObject({ unchanged: ROWS, updated: 0 });
    await disturb(hashed);
    await disturb(compared);
    expect(await countHashed(hashed)).toBe(ROWS - 8);
    expect(await takeBoth(vary(1, 0.01))).toMatchObject({ erased: 2, rejected: 11 });
    await takeBoth(vary(2, 0.6), { reportMissing: true });
    await takeBoth(vary(3, 0.02), { onConflict: 'skip' });
    await takeBoth(vary(4, 0.01), { nothing: ['gold'], map: ['note='] });
  });

  test('forgets the row of a customer with every other change', async () => {
    const database = await open();
    await take(database, all.slice(0, 1));
    const { queries } = database;
    const customer = await queries.selectFrom('customers').selectAll().executeTakeFirstOrThrow();
    const { id, created_at, row_hash, ...changing } = customer;
    expect(row_hash).toBeTypeOf('number');
    for (const column of Object.keys(changing) as (keyof typeof changing)[]) {
      await queries.updateTable('customers').set({ row_hash }).execute();
      await queries
        .updateTable('customers')
        .set((of) => ({ [column]: of.ref(column) }))
        .execute();
      expect([column, await countHashed(database)]).toEqual([column, 0]);
    }
    await queries.updateTable('customers').set({ row_hash, tier: 'silver' }).execute();
    expect(await countHashed(database)).toBe(1);
  });

  test('refuses known customers where that was asked for', async () => {
    const database = await open();
    await take(database, all);
    await expect(take(database, all, { onConflict: 'fail' })).rejects.toThrow('customer C-1 exists already');
  });
});

describe('a file read by its hashes', () => {
  test.each(['jsonb', 'copy'] as const)('has the same rows, in the form %s', async (form) => {
    const rows = vary(5, 0.3);
    const bytes = Buffer.from(`${HEADER}\n${rows.join('\n')}\n`);
    const openSource = () =>
      openImportSource(
        Readable.from([bytes]),
        { options: { map: [], timezone: 'UTC' }, form, constants: constantsOf(NOW) },
        undefined,
      );
    const [plain, hashed] = [await openSource(), await openSource()];
    hashed.gather('hashes');
    const read = await readAll(plain);
    const reread = await readAll(hashed);
    expect(reread.kinds).toContain('hashes');
    expect(reread.rows).toEqual(read.rows);
    expect(reread.refused).toEqual(read.refused);
    expect(hashed.addresses()).toEqual(plain.addresses());
    await Promise.all([plain.close(), hashed.close()]);
  });
});

async function readAll(source: ImportSource) {
  const read = { kinds: new Set<string>(), rows: [] as Uint8Array[], refused: [] as unknown[] };
  for await (const next of source.batches) {
    read.kinds.add(next.kind);
    const places = Array.from({ length: next.rows }, (_, place) => place);
    const batch = next.kind === 'rows' ? next : source.reread(next, places);
    read.rows.push(
      batch.payload.slice(
        batch.form === 'jsonb' ? JSONB_ARRAY_HEADER : COPY_HEADER.length,
        batch.form === 'jsonb' ? undefined : -COPY_TRAILER.length,
      ),
    );
    read.refused.push(...batch.refused);
  }
  return { ...read, rows: Buffer.concat(read.rows).toString('latin1') };
}
