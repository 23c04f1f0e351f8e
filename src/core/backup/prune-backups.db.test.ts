import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { createDatabaseUrl, describeEngines } from '../../../test/engines.ts';
import { sha256 } from '../canonical-json.ts';
import { type Clock, clockAt, systemClock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { DEFAULT_DATABASE_CONFIG } from '../database/database-config.ts';
import { insertRows } from '../database/insert-rows.ts';
import { openDatabase } from '../database/open-database.ts';
import { systemRandom } from '../random.ts';
import type { BackupStore } from './backup-store.ts';
import { checkArchive } from './check-archive.ts';
import { createBackup } from './create-backup.ts';
import { diffBackups } from './diff-backups.ts';
import { drillBackup } from './drill-backup.ts';
import { findBackup, findNewest, listIds } from './find-backup.ts';
import { findLastBackups } from './last-backups.ts';
import { pruneBackups } from './prune-backups.ts';
import { claimForCreate, claimForPrune } from './store-claim.ts';
import { createFolderStore } from './stores/folder-store.ts';
import { noteVerified } from './verified-notes.ts';
import { verifyBackup } from './verify-backup.ts';

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function makeStore(): Promise<{ readonly folder: string; readonly store: BackupStore }> {
  const folder = await mkdtemp(join(tmpdir(), 'referral-prune-'));
  folders.push(folder);
  return { folder, store: createFolderStore(folder, systemRandom) };
}

function clockOf(day: number): Clock {
  return { ...systemClock, now: () => `2026-03-0${day}T09:00:00.000Z` };
}

async function fill(database: Database, count: number): Promise<void> {
  const at = '2026-03-01T09:00:00.000Z';
  const rows = Array.from({ length: count }, (_, index) => ({
    customer_id: `C-${index}`,
    email: `person${index}@example.test`,
    address_key: `person${index}@example.test`,
    first_name: `First ${(index * 7919) % 4001}`,
    last_name: `Last ${(index * 104_729) % 9001}`,
    tier: 'basic',
    consent: 'granted' as const,
    attributes: JSON.stringify({ note: sha256(String(index)) }),
    source: 'import',
    created_at: at,
    updated_at: at,
  }));
  await database.transaction((transaction) => insertRows(transaction, 'customers', rows));
}

describeEngines('backups in a store', (open, engine) => {
  const backUp = (database: Database, store: BackupStore, day: number) =>
    createBackup({ database, store, clock: clockOf(day), programVersion: '1.0.0' });

  test('of which 1 % changed, here and there, take at most 5 % of the room again', async () => {
    const { store } = await makeStore();
    const database = await open();
    await fill(database, 20_000);
    const first = await backUp(database, store, 1);
    await sql`update customers set tier = 'gold', updated_at = '2026-03-02T09:00:00.000Z' where id % 100 = 7`.execute(
      database.queries,
    );
    const second = await backUp(database, store, 2);
    expect(second.new_bytes / first.bytes).toBeLessThan(0.05);
    await sql`delete from customers where id % 500 = 3`.execute(database.queries);
    const third = await backUp(database, store, 3);
    expect(third.new_bytes / first.bytes).toBeLessThan(0.05);
    for (const id of await listIds(store)) {
      const found = await findBackup(id, store, '.', systemRandom);
      expect(await verifyBackup(found)).toMatchObject({ intact: true, problems: [] });
    }
    const [before, after] = [
      await checkArchive(await findBackup(first.id, store, '.', systemRandom)),
      await checkArchive(await findNewest(store)),
    ];
    const told: number[] = [];
    const differences = await diffBackups(before, after, (done, total = 0) => told.push(done / total));
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told[0]).toBeGreaterThan(0);
    expect(told.at(-1)).toBe(1);
    expect(differences.find(({ table }) => table === 'customers')).toMatchObject({
      before: 20_000,
      after: 19_960,
      added: 0,
      removed: 40,
      // None of those that were removed is one of those that changed.
      changed: 200,
    });
  });

  test('are pruned by a rule, and what is left is whole', async () => {
    const { folder, store } = await makeStore();
    const database = await open();
    await fill(database, 3_000);
    const ids: string[] = [];
    for (const day of [1, 2, 3, 4]) {
      await database.queries
        .updateTable('customers')
        .set({ tier: `tier ${day}` })
        .execute();
      ids.push((await backUp(database, store, day)).id);
    }
    await noteVerified(store, ids[1] ?? '');
    const options = { store, policy: { last: 1 }, clock: clockOf(5), random: systemRandom, timezone: 'UTC' };
    const planned = await pruneBackups({ ...options, dryRun: true });
    expect(planned).toMatchObject({ kept: 2, removed: 2, dry_run: true });
    expect(await listIds(store)).toHaveLength(4);
    const told: (number | undefined)[][] = [];
    const onProgress = (...counts: (number | undefined)[]): number => told.push(counts);
    const pruned = await pruneBackups({ ...options, dryRun: false, onProgress });
    expect(told).toEqual([[0, planned.files_removed]]);
    expect({ ...pruned, dry_run: true }).toEqual(planned);
    expect(pruned.files_removed).toBeGreaterThan(0);
    // The newest one, and the last one that was verified.
    expect((await listIds(store)).sort()).toEqual([ids[1], ids[3]].sort());
    for (const id of await listIds(store)) {
      const found = await findBackup(id, store, '.', systemRandom);
      expect(await verifyBackup(found)).toMatchObject({ intact: true });
    }
    expect(await readdir(join(folder, 'working'))).toEqual([]);
    expect(await pruneBackups({ ...options, dryRun: false })).toMatchObject({ removed: 0, files_removed: 0 });
  });

  test('keep the files that nobody can say are not needed', async () => {
    const { folder, store } = await makeStore();
    const database = await open();
    await backUp(database, store, 1);
    await database.queries.insertInto('meta').values({ name: 'more', value: '1' }).execute();
    await backUp(database, store, 2);
    await writeFile(join(folder, 'manifests', `${'a'.repeat(64)}.json`), '{"format_version":99}');
    const options = { store, policy: { last: 1 }, clock: clockOf(5), random: systemRandom, timezone: 'UTC' };
    const files = (await store.list('chunks')).length;
    const pruned = await pruneBackups({ ...options, dryRun: false });
    expect(pruned).toMatchObject({ removed: 1, files_removed: 0 });
    expect(pruned.files_left).toMatch(/aaaa/);
    expect(await store.list('chunks')).toHaveLength(files);
  });

  test('are not collected while one is made, and not made while they are collected', async () => {
    const { store } = await makeStore();
    const database = await open();
    await backUp(database, store, 1);
    await store.put(`chunks/ab/${'ab'.repeat(32)}.zst`, Buffer.from('rubbish'));
    const claims = { store, clock: systemClock, random: systemRandom, staleMs: 400 };
    const options = { ...claims, policy: { last: 1 }, timezone: 'UTC', dryRun: false };
    const making = await claimForCreate(claims);
    expect((await pruneBackups(options)).files_left).toMatch(/being made/);
    await making.release();
    const collecting = await claimForPrune(claims);
    const waiting = claimForCreate(claims);
    const outcome = await Promise.race([
      waiting.then(() => 'claimed'),
      new Promise((resolve) => {
        setTimeout(resolve, 600, 'waits');
      }),
    ]);
    // Renewed while its process lives, however long that takes.
    expect(outcome).toBe('waits');
    await collecting?.release();
    await (await waiting).release();
    // What a killed process has left counts for nothing after a while.
    await store.put('working/prune-dead.json', Buffer.from('{}'));
    await (await claimForCreate(claims)).release();
    expect(await pruneBackups(options)).toMatchObject({ files_removed: 1, files_left: null });
  });

  test('are restored on trial, on record, and nothing of that is left', async () => {
    const { store } = await makeStore();
    const { folder: scratch } = await makeStore();
    const { url, drop } = await createDatabaseUrl(engine);
    const database = await openDatabase({ url });
    onTestFinished(async () => {
      await database.close();
      await drop();
    });
    await fill(database, 500);
    await backUp(database, store, 1);
    const found = await findNewest(store);
    const options = {
      database,
      url,
      config: DEFAULT_DATABASE_CONFIG,
      found,
      scratch,
      clock: clockAt('2026-03-02T09:00:00.000Z'),
      random: systemRandom,
      run: { id: null, operator: 'op' },
      programVersion: '1.0.0',
    };
    const drilled = await drillBackup(options);
    expect(drilled).toMatchObject({ id: found.id, engine, tables: { customers: 500 } });
    expect(await readdir(scratch)).toEqual([]);
    const last = await findLastBackups(database.queries);
    expect(last.drilled).toMatchObject({ backup_id: found.id, problem: null });
    expect(last.created).toMatchObject({ backup_id: found.id });
    const [chunk] = await store.list('chunks');
    await store.put(chunk?.name ?? '', Buffer.from('damaged'));
    await expect(drillBackup(options)).rejects.toMatchObject({ code: 'input_unusable' });
    expect(await readdir(scratch)).toEqual([]);
    const failed = await findLastBackups(database.queries);
    expect(failed.drill_failed?.problem).toMatch(/damaged/);
  });
});
