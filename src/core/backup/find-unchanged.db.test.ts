import { setTimeout as sleep } from 'node:timers/promises';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { createMemoryStore, type MemoryStore } from '../../../test/backup-soak/memory-store.ts';
import { describeEngines } from '../../../test/engines.ts';
import { seeded } from '../../../test/servers/seeded.ts';
import { clockAt } from '../clock.ts';
import type { Database, Queries } from '../database/database.ts';
import { insertRows } from '../database/insert-rows.ts';
import { saveMeta } from '../database/meta-queries.ts';
import { systemRandom } from '../random.ts';
import { listArchiveTables } from './archive-tables.ts';
import { createBackup } from './create-backup.ts';
import { findBackup, readManifest } from './find-backup.ts';
import { countRowGroups, findMoment, type Moment } from './row-age-queries.ts';
import { KEYS_PER_CHUNK } from './rows/row-text.ts';
import { findMarks } from './snapshot-marks.ts';

const AT = '2026-03-01T09:00:00.120Z';
const DAY = '2026-03-02T09:00:00.000Z';
const NINE_DAYS_LATER = '2026-03-10T09:00:00.000Z';
const SEED = Date.now() % 1_000_000;
const ROUNDS = 12;
const GROUPS = 9;
const PER_GROUP = 5;
const LIMIT = 2 ** 32;

/** The key of a customer: each group of keys has some. */
function keyOf(group: number, place: number): number {
  return group * KEYS_PER_CHUNK + place + 1;
}

function customer(id: number, name: string) {
  const always = { consent: 'unknown' as const, source: 'import', attributes: '{}', created_at: AT };
  return { id, customer_id: `C-${id}`, name, ...always, updated_at: AT };
}

async function fill(database: Database): Promise<void> {
  const rows = Array.from({ length: GROUPS * PER_GROUP }, (_, at) =>
    customer(keyOf(Math.floor(at / PER_GROUP), at % PER_GROUP), `N ${at}`),
  );
  await database.transaction((transaction) => insertRows(transaction, 'customers', rows));
}

async function backUp(
  database: Database,
  { store }: Pick<MemoryStore, 'store'>,
  options: {
    readonly at?: string;
    readonly programVersion?: string;
    readonly encryptTo?: readonly string[];
  } = {},
): Promise<string> {
  const { at = AT, programVersion = '1.0.0', ...others } = options;
  return (await createBackup({ database, store, clock: clockAt(at), programVersion, ...others })).id;
}

async function customersIn(id: string, { store }: MemoryStore) {
  const { tables } = readManifest(await findBackup(id, store, '.', systemRandom));
  const table = tables.find(({ name }) => name === 'customers');
  return { sha256: table?.sha256, rows: table?.rows, content: table?.chunks.map(({ content }) => content) };
}

/** What a backup of everything has. */
async function customersNow(database: Database) {
  const fresh = createMemoryStore();
  return customersIn(await backUp(database, fresh), fresh);
}

function findNow(database: Database): Promise<Moment | undefined> {
  return database.snapshot((snapshot) => findMoment(snapshot, listArchiveTables()));
}

/** The moment when every transaction has ended that had begun by now: other tests have theirs on the same server. */
async function findSettled(database: Database): Promise<Moment> {
  const begun = await findNow(database);
  for (;;) {
    const now = await findNow(database);
    if (now === undefined || begun === undefined)
      throw new Error('the server does not say which cluster it is');
    if (BigInt(now.ended) >= BigInt(begun.next)) return now;
    await sleep(20);
  }
}

async function rename(queries: Queries, id: number, name: string): Promise<void> {
  await queries.updateTable('customers').set({ name }).where('id', '=', id).execute();
}

/** Something that somebody may do to the table, most of which only the numbers of transactions tell. */
async function changeSomething(queries: Queries, random: () => number): Promise<void> {
  const some = (count: number) => Math.floor(random() * count);
  const id = keyOf(some(GROUPS + 2), some(PER_GROUP + 1));
  const remove = (key: number) => queries.deleteFrom('customers').where('id', '=', key).execute();
  const kind = some(6);
  if (kind === 0) await rename(queries, id, `R ${some(1_000)}`);
  if (kind === 1) await remove(id);
  if (kind === 2)
    await queries.updateTable('customers').set({ updated_at: AT }).where('id', '=', id).execute();
  if (kind < 3) return;
  // As many rows as before, others than before.
  await remove(id);
  await remove(keyOf(some(GROUPS), some(PER_GROUP)));
  if (kind === 3) return;
  await insertRows(queries, 'customers', [customer(id, `I ${some(1_000)}`)]);
  if (kind === 5) await remove(id);
}

describeEngines('a backup that leaves out what did not change', (open, engine) => {
  test(`has what one of everything has, whatever was done (seed ${SEED})`, { timeout: 120_000 }, async () => {
    const database = await open();
    const random = seeded(SEED);
    const store = createMemoryStore();
    await fill(database);
    await backUp(database, store);
    for (let round = 0; round < ROUNDS; round += 1) {
      await database.transaction(async (transaction) => {
        for (let at = random() * 3; at > 0; at -= 1) await changeSomething(transaction, random);
      });
      const undone = database.transaction(async (transaction) => {
        await changeSomething(transaction, random);
        throw new Error('undone');
      });
      await expect(undone).rejects.toThrow('undone');
      // Frozen rows keep the number of their transaction, and a table that is written anew has another file.
      if (engine === 'postgres' && random() < 0.3)
        await sql`vacuum freeze customers`.execute(database.queries);
      if (engine === 'postgres' && random() < 0.1) await sql`vacuum full customers`.execute(database.queries);
      expect(await customersIn(await backUp(database, store), store), `round ${round}`).toEqual(
        await customersNow(database),
      );
    }
  });

  test('does so when encrypted too', async () => {
    const database = await open();
    const store = createMemoryStore();
    const encryptTo = [await identityToRecipient(await generateX25519Identity())];
    await fill(database);
    const first = await customersIn(await backUp(database, store, { encryptTo }), store);
    await rename(database.queries, keyOf(3, 1), 'changed');
    const second = await customersIn(await backUp(database, store, { encryptTo }), store);
    expect(second.rows).toBe(first.rows);
    expect(second.content?.filter((content) => !first.content?.includes(content))).toHaveLength(1);
  });

  // SQLite has nothing that would tell: there all is read each time.
  if (engine === 'sqlite') return;

  test('has what was still being written during the one before', async () => {
    const database = await open();
    const store = createMemoryStore();
    await fill(database);
    await backUp(database, store);
    const begun = Promise.withResolvers<void>();
    const saved = Promise.withResolvers<void>();
    const writing = database.transaction(async (transaction) => {
      await rename(transaction, keyOf(2, 1), 'written meanwhile');
      begun.resolve();
      await saved.promise;
    });
    await begun.promise;
    // It is not the last one that has begun.
    await rename(database.queries, keyOf(4, 1), 'written before');
    const during = await backUp(database, store);
    saved.resolve();
    await writing;
    const after = await customersIn(await backUp(database, store), store);
    expect(after).not.toEqual(await customersIn(during, store));
    expect(after).toEqual(await customersNow(database));
  });

  // What one backup missed, all later ones would go on missing.
  test(`has everything when others never stop writing (seed ${SEED})`, { timeout: 120_000 }, async () => {
    const database = await open();
    const store = createMemoryStore();
    await fill(database);
    await backUp(database, store);
    let isEnded = false;
    let written = 0;
    const write = async (writer: number) => {
      const random = seeded(SEED + writer);
      while (!isEnded) {
        const writing = database.transaction(async (transaction) => {
          await changeSomething(transaction, random);
          await sleep(random() * 30);
          await changeSomething(transaction, random);
        });
        // Two that write the same row: one of them is told so, and nothing of it is left.
        await writing.then(
          () => {
            written += 1;
          },
          () => undefined,
        );
      }
    };
    const writers = [1, 2, 3].map(write);
    for (let round = 0; round < ROUNDS; round += 1) await backUp(database, store);
    isEnded = true;
    await Promise.all(writers);
    expect(written).toBeGreaterThan(ROUNDS);
    expect(await customersIn(await backUp(database, store), store)).toEqual(await customersNow(database));
  });

  test('writes again what the store has lost', async () => {
    const database = await open();
    const store = createMemoryStore();
    await fill(database);
    const first = readManifest(
      await findBackup(await backUp(database, store), store.store, '.', systemRandom),
    );
    const chunks = first.tables.find(({ name }) => name === 'customers')?.chunks ?? [];
    const lost = [...store.files.keys()].filter((name) => name.includes(chunks[4]?.sha256 ?? '-'));
    expect(lost).toHaveLength(1);
    for (const name of lost) store.files.delete(name);
    expect(await customersIn(await backUp(database, store), store)).toEqual(await customersNow(database));
    expect(lost.every((name) => store.files.has(name))).toBe(true);
  });

  // The mark is moved to after a change, so that a backup that goes by it does not see the change.
  test.each<[string, object, { at?: string; programVersion?: string }, boolean]>([
    ['by the mark of the backup before', {}, {}, false],
    ['not by one of another database or of other columns', { origin: 'other' }, {}, true],
    ['not by one of another backup', { backup: 'a'.repeat(64) }, {}, true],
    ['not by one that can not be read', { ended: 'soon' }, {}, true],
    ['not by one of a time that has not come', { ended: '4000000000' }, {}, true],
    ['not for longer than a week', {}, { at: NINE_DAYS_LATER }, true],
    ['not when the clock was set back', { read_at: DAY }, {}, true],
    ['not by one of another version of the program', {}, { programVersion: '1.0.1' }, true],
  ])('goes %s', async (_, change, options, isSeen) => {
    const database = await open();
    const store = createMemoryStore();
    await fill(database);
    const first = await customersIn(await backUp(database, store), store);
    const [mark] = await findMarks(database.queries);
    await rename(database.queries, keyOf(5, 0), 'changed');
    const { ended } = await findSettled(database);
    const marks = [{ ...mark, ended, ...change }];
    await saveMeta(database.queries, 'backup_marks', JSON.stringify(marks));
    const second = await customersIn(await backUp(database, store, options), store);
    expect(second.sha256 !== first.sha256).toBe(isSeen);
    const [next] = await findMarks(database.queries);
    expect(next?.read_at).toBe(isSeen ? (options.at ?? AT) : mark?.read_at);
  });

  test('knows a table that was altered', async () => {
    const database = await open();
    const before = await findNow(database);
    expect((await findNow(database))?.origin).toBe(before?.origin);
    await sql`alter table customers add column nickname text default 'none'`.execute(database.queries);
    expect((await findNow(database))?.origin).not.toBe(before?.origin);
  });

  test('counts transactions beyond 32 bits', async () => {
    const database = await open();
    await fill(database);
    const customers = listArchiveTables().find(({ name }) => name === 'customers');
    if (customers === undefined) throw new Error('there are no customers');
    const { ended: settled } = await findSettled(database);
    const young = await database.snapshot(async (snapshot) => {
      const now = await findMoment(snapshot, [customers]);
      if (now === undefined) throw new Error('the server does not say which cluster it is');
      const count = async (ended: number, turns: number) => {
        const then = { ended: String(ended + turns * LIMIT) };
        const next = String(Number(now.next) + turns * LIMIT);
        const groups = await countRowGroups(snapshot, customers, then, { ...now, next });
        return groups.reduce((sum, group) => sum + group.young, 0);
      };
      const written = await sql<{ by: number }>`select min(xmin::text::bigint) as by from customers`.execute(
        snapshot,
      );
      const [ended, writer] = [Number(settled), written.rows[0]?.by ?? 0];
      return [
        ...[await count(ended, 0), await count(ended, 3), await count(writer + 1, 3)],
        ...[await count(writer, 3), await count(ended - LIMIT, 3)],
      ];
    });
    const all = GROUPS * PER_GROUP;
    expect(young).toEqual([0, 0, 0, all, all]);
  });
});
