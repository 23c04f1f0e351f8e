import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { backUp, restoreInto } from '../../../test/backup-soak/archive-steps.ts';
import { createMemoryStore, type MemoryStore } from '../../../test/backup-soak/memory-store.ts';
import { startChild } from '../../../test/children/start-child.ts';
import { createDatabaseUrl, describeEngineUrls } from '../../../test/engines.ts';
import { canonicalJson, sha256 } from '../canonical-json.ts';
import { systemClock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { insertRows } from '../database/insert-rows.ts';
import { usingDatabase } from '../database/open-database.ts';
import { verifySchema } from '../database/verify-schema.ts';
import { ReferralError } from '../errors.ts';
import { systemRandom } from '../random.ts';
import { chunkName, manifestName } from './backup-store.ts';
import { assertRoom } from './disk-room.ts';
import { findBackup, readManifest } from './find-backup.ts';
import { listBackups } from './list-backups.ts';
import { FORMAT_VERSION, formatManifest, type Manifest } from './manifest.ts';
import { pruneBackups } from './prune-backups.ts';
import { createFolderStore } from './stores/folder-store.ts';
import { compress } from './zstd.ts';

const AT = '2026-03-01T09:00:00.000Z';
const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'referral-bad-'));
  folders.push(folder);
  return folder;
}

async function fill(database: Database, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, at) => ({
    ...{ customer_id: `C-${at}`, tier: 'new', consent: 'unknown' as const, source: 'import' },
    ...{ attributes: `{"at":"${sha256(String(at))}"}`, created_at: AT, updated_at: AT },
  }));
  await database.transaction((transaction) => insertRows(transaction, 'customers', rows));
}

async function readBackup(id: string, { store }: MemoryStore): Promise<Manifest> {
  return readManifest(await findBackup(id, store, '.', systemRandom));
}

describeEngineUrls('a restore', (createUrl) => {
  test('from a store that vanishes half-way leaves the database as it was, and can be done again', async () => {
    const memory = createMemoryStore();
    const source = await createUrl();
    await usingDatabase({ url: source }, (database) => fill(database, 50));
    const id = await backUp(source, memory.store);
    const url = await createUrl();
    await usingDatabase({ url }, async ({ queries }) => {
      await queries.insertInto('meta').values({ name: 'here', value: 'before' }).execute();
    });
    // Everything is read once to be checked, and is gone when it is to be loaded.
    const files = memory.files.size - 1;
    let reads = 0;
    const vanishing = {
      ...memory.store,
      read: async (name: string) => {
        reads += 1;
        return reads > files + 2 ? undefined : memory.store.read(name);
      },
    };
    await expect(restoreInto(url, id, vanishing)).rejects.toMatchObject({ code: 'input_unusable' });
    await usingDatabase({ url }, async (database) => {
      const meta = await database.queries.selectFrom('meta').selectAll().where('name', '=', 'here').execute();
      expect(meta).toHaveLength(1);
      expect(await database.queries.selectFrom('customers').select('id').execute()).toEqual([]);
      expect((await verifySchema(database)).drift).toEqual([]);
    });
    expect(await restoreInto(url, id, memory.store)).toMatchObject({ tables: { customers: 50 } });
  });
});

test.each([
  ['newer', FORMAT_VERSION + 1, 'newer version'],
  ['older', FORMAT_VERSION - 1, 'before the first that was released'],
])('a backup of a %s format is refused, and listed as what it is', async (status, version, message) => {
  const memory = createMemoryStore();
  const { url, drop } = await createDatabaseUrl('sqlite');
  const id = await backUp(url, memory.store).finally(drop);
  const text = canonicalJson({ format: 'referral-backup', format_version: version, packs: [] });
  const other = sha256(text);
  memory.files.set(manifestName(other), Buffer.from(text));
  await expect(restoreInto('sqlite:nowhere.db', other, memory.store)).rejects.toMatchObject({
    code: 'input_unusable',
    message: expect.stringContaining(message),
  });
  expect(existsSync('nowhere.db')).toBe(false);
  const listed = await listBackups(memory.store);
  expect(Object.fromEntries(listed.map((row) => [row.id, row.status]))).toEqual({
    [id]: 'listed',
    [other]: status,
  });
});

test('what unpacks to more than the manifest says is not unpacked', async () => {
  const memory = createMemoryStore();
  const { url, drop } = await createDatabaseUrl('sqlite');
  const manifest = await readBackup(await backUp(url, memory.store).finally(drop), memory);
  const bomb = await compress(Buffer.alloc(64 * 1024 * 1024, '[1]\n'));
  expect(bomb.length).toBeLessThan(20_000);
  const file = { sha256: sha256(bomb), bytes: bomb.length, raw_bytes: 1_000 };
  memory.files.set(chunkName(file.sha256, false), bomb);
  const tables = manifest.tables.map((table) => ({
    ...table,
    chunks: table.chunks.map((chunk) => ({ ...chunk, ...file })),
  }));
  const { id, bytes } = formatManifest({ ...manifest, tables });
  memory.files.set(manifestName(id), bytes);
  await expect(restoreInto('sqlite:nowhere.db', id, memory.store)).rejects.toMatchObject({
    code: 'input_unusable',
    reason: expect.stringContaining('does not hold what the manifest says'),
  });
  // Nor does a manifest that admits to it get so much memory.
  const greedy = Buffer.from(bytes.toString().replaceAll('"raw_bytes":1000', '"raw_bytes":4000000000'));
  memory.files.set(manifestName(sha256(greedy)), greedy);
  await expect(restoreInto('sqlite:nowhere.db', sha256(greedy), memory.store)).rejects.toMatchObject({
    code: 'input_unusable',
  });
});

test('a folder of somebody else is no store, and loses nothing to a prune', async () => {
  const folder = await makeFolder();
  const store = createFolderStore(folder, systemRandom);
  await mkdir(join(folder, 'chunks', 'ab'), { recursive: true });
  await mkdir(join(folder, 'manifests'));
  const foreign = ['chunks/notes.txt', 'chunks/ab/photo.zst', 'manifests/README.json', 'diary.txt'];
  for (const name of foreign) await writeFile(join(folder, name), 'mine');
  await expect(findBackup('latest', store, folder, systemRandom)).rejects.toMatchObject({
    code: 'not_found',
  });
  await expect(findBackup('manifests/README.json', store, folder, systemRandom)).rejects.toMatchObject({
    code: 'input_unusable',
  });
  const rule = { policy: { last: 1 }, timezone: 'UTC', dryRun: false };
  const pruned = await pruneBackups({ store, clock: systemClock, random: systemRandom, ...rule });
  expect(pruned).toMatchObject({ removed: 0, files_removed: 0 });
  const left = await readdir(folder, { recursive: true });
  expect(left).toEqual(expect.arrayContaining(foreign));
});

test('a folder that can not be made is told, and not tried for ever', async () => {
  const store = createFolderStore(
    process.platform === 'linux' ? '/proc/nowhere' : '/dev/null/no',
    systemRandom,
  );
  await expect(store.put('working/x.json', Buffer.from('{}'))).rejects.toMatchObject({
    code: 'configuration_invalid',
  });
});

test('a disk that is surely too small is told before anything is written', async () => {
  const folder = await makeFolder();
  const manifest = { tables: [{ bytes: 2 ** 60 }] } as unknown as Manifest;
  const error: unknown = await assertRoom(join(folder, 'new.db'), manifest).catch((told: unknown) => told);
  expect(error).toBeInstanceOf(ReferralError);
  expect(error).toMatchObject({ code: 'state_forbids', reason: expect.stringMatching(/needs about \d+ MB/) });
});

test.skipIf(process.platform === 'win32')(
  'a disk that fills up ends a restore, and a backup, and harms nothing',
  async () => {
    const folder = await makeFolder();
    const file = join(folder, 'target.db');
    const url = `sqlite:${file}`;
    const store = createFolderStore(join(folder, 'store'), systemRandom);
    const source = await createDatabaseUrl('sqlite');
    await usingDatabase({ url: source.url }, (database) => fill(database, 3_000));
    const id = await backUp(source.url, store);
    await restoreInto(url, id, store);
    const places = { restore: join(folder, 'store'), create: join(folder, 'other') };
    for (const [what, place] of Object.entries(places)) {
      const child = startChild('backup.ts', [], { maxFileBytes: what === 'restore' ? 524_288 : 65_536 });
      child.process.stdin.end(
        `${JSON.stringify({ what, url: what === 'restore' ? url : source.url, folder: place, id })}\n`,
      );
      expect(await child.ended, child.output()).not.toBe(0);
      expect(child.output()).toMatch(/disk|full|EFBIG|too large/i);
    }
    await source.drop();
    await usingDatabase({ url }, async (database) => {
      const { count } = await database.queries
        .selectFrom('customers')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      expect(count).toBe(3_000);
    });
    expect((await readdir(folder)).filter((name) => name.includes('restoring'))).toEqual([]);
    expect(
      (await readdir(join(folder, 'other'), { recursive: true })).some((name) => name.endsWith('.json')),
    ).toBe(false);
  },
);
