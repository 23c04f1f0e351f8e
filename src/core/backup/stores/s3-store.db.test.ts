import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createDatabaseUrl } from '../../../../test/engines.ts';
import { type S3Server, startS3Server } from '../../../../test/servers/s3-server.ts';
import { sha256 } from '../../canonical-json.ts';
import { systemClock } from '../../clock.ts';
import type { Database } from '../../database/database.ts';
import { DEFAULT_DATABASE_CONFIG } from '../../database/database-config.ts';
import { insertRows } from '../../database/insert-rows.ts';
import { usingDatabase } from '../../database/open-database.ts';
import { systemRandom } from '../../random.ts';
import type { BackupStore } from '../backup-store.ts';
import { checkArchive } from '../check-archive.ts';
import { createBackup } from '../create-backup.ts';
import { findNewest } from '../find-backup.ts';
import { pruneBackups } from '../prune-backups.ts';
import { restoreBackup } from '../restore-backup.ts';
import { verifyBackup } from '../verify-backup.ts';
import { createS3Store } from './s3-store.ts';

const AT = '2026-03-01T09:00:00.000Z';
let server: S3Server;
let stores = 0;

beforeAll(async () => {
  server = await startS3Server();
});

afterAll(() => server.close());

beforeEach(() => server.spoil(() => 'none'));

function openStore(more: Partial<S3Server['settings']> = {}): BackupStore {
  stores += 1;
  return createS3Store(`s3://${server.bucket}/store-${stores}`, { ...server.settings, ...more });
}

describe('a store in S3', () => {
  test('keeps, lists and removes files, and tells what is not there', async () => {
    const store = openStore();
    const bytes = Buffer.from('one');
    const file = { sha256: sha256(bytes), bytes: bytes.length };
    await store.put('chunks/ab/one', bytes);
    await store.put('manifests/two', Buffer.from('two'));
    expect(await store.read('chunks/ab/one')).toEqual(bytes);
    expect(await store.read('chunks/ab/none')).toBeUndefined();
    expect(await store.holds('chunks/ab/one', file)).toBe(true);
    expect(await store.holds('chunks/ab/one', { ...file, bytes: 4 })).toBe(false);
    expect(await store.holds('chunks/ab/none', file)).toBe(false);
    const listed = await store.list('chunks');
    expect(listed).toMatchObject([{ name: 'chunks/ab/one', bytes: 3 }]);
    expect(listed[0]?.modified).toBeGreaterThan(Date.parse('2020-01-01'));
    await store.remove(['chunks/ab/one', 'chunks/ab/none']);
    expect(await store.list('chunks')).toEqual([]);
    expect(await store.list('manifests')).toHaveLength(1);
  });

  test('sends what is larger than a part in parts', async () => {
    const store = openStore();
    const bytes = Buffer.alloc(9 * 1024 * 1024, 'abc');
    const before = server.requests();
    await store.put('chunks/large', bytes);
    expect(server.requests() - before).toBeGreaterThan(2);
    expect((await store.read('chunks/large'))?.equals(bytes)).toBe(true);
  });

  test('refuses what is no place in S3', () => {
    for (const location of ['s3://', 's3://A', 's3://bucket/../other', 's3://user:secret@bucket/x']) {
      expect(() => createS3Store(location, {}), location).toThrow(/no place in S3/);
    }
  });

  test('gets through 500s, answers that never come and answers that break off', async () => {
    const store = openStore();
    const bytes = Buffer.alloc(200_000, 'abc');
    server.spoil(({ count }) => (count % 3 === 0 ? 'none' : 'error'));
    await store.put('chunks/a', bytes);
    let slow = 0;
    server.spoil(() => (slow++ === 0 ? 'slow' : 'none'));
    expect((await store.read('chunks/a'))?.length).toBe(bytes.length);
    let cut = 0;
    server.spoil(() => (cut++ < 2 ? 'cut' : 'none'));
    expect((await store.read('chunks/a'))?.equals(bytes)).toBe(true);
  });

  test('says what to do when it does not answer, has no such bucket, or refuses the keys', async () => {
    server.spoil(() => 'error');
    await expect(openStore({ attempts: 2 }).list('chunks')).rejects.toMatchObject({
      code: 'provider_unreachable',
    });
    server.spoil(() => 'none');
    const elsewhere = createS3Store('s3://no-such-bucket/x', server.settings);
    await expect(elsewhere.put('chunks/a', Buffer.from('a'))).rejects.toMatchObject({
      code: 'configuration_invalid',
    });
    const credentials = () => Promise.resolve({ accessKeyId: 'nobody', secretAccessKey: 'wrong' });
    await expect(openStore({ credentials }).put('chunks/a', Buffer.from('a'))).rejects.toMatchObject({
      code: 'credential_refused',
    });
  });
});

describe('a backup in S3', () => {
  test('goes in, is verified, shared, restored and pruned', { timeout: 60_000 }, async () => {
    const store = openStore();
    await usingFilled(async (database) => {
      const first = await backUp(database, store);
      const second = await backUp(database, store);
      expect(second.new_bytes).toBeLessThan(first.bytes / 2);
      expect(await verifyBackup(await findNewest(store))).toMatchObject({ intact: true });
      expect(await restoredRows(store)).toBe(2_000);
      const options = {
        store,
        policy: { last: 1 },
        clock: systemClock,
        random: systemRandom,
        timezone: 'UTC',
      };
      expect(await pruneBackups({ ...options, dryRun: false })).toMatchObject({
        removed: 1,
        files_left: null,
      });
      expect(await verifyBackup(await findNewest(store))).toMatchObject({ id: second.id, intact: true });
    });
  });

  test('that loses its store half-way is none, and the next one completes it', {
    timeout: 60_000,
  }, async () => {
    const store = openStore({ attempts: 2 });
    await usingFilled(async (database) => {
      let chunks = 0;
      server.spoil(({ method, path }) => {
        if (method === 'PUT' && path.includes('/chunks/')) chunks += 1;
        return chunks > 1 ? 'error' : 'none';
      });
      await expect(backUp(database, store)).rejects.toMatchObject({ code: 'provider_unreachable' });
      server.spoil(() => 'none');
      await expect(findNewest(store)).rejects.toMatchObject({ code: 'not_found' });
      await backUp(database, store);
      expect(await verifyBackup(await findNewest(store))).toMatchObject({ intact: true });
    });
  });
});

async function usingFilled(work: (database: Database) => Promise<void>): Promise<void> {
  const { url, drop } = await createDatabaseUrl('sqlite');
  try {
    await usingDatabase({ url }, async (database) => {
      const rows = Array.from({ length: 2_000 }, (_, at) => ({
        customer_id: `C-${at}`,
        consent: 'granted' as const,
        attributes: JSON.stringify({ note: sha256(String(at)) }),
        source: 'import',
        created_at: AT,
        updated_at: AT,
      }));
      await database.transaction((transaction) => insertRows(transaction, 'customers', rows));
      await work(database);
    });
  } finally {
    await drop();
  }
}

function backUp(database: Database, store: BackupStore) {
  return createBackup({ database, store, clock: systemClock, programVersion: '1.0.0' });
}

async function restoredRows(store: BackupStore): Promise<number | undefined> {
  const { url, drop } = await createDatabaseUrl('sqlite', 'empty');
  try {
    const found = await findNewest(store);
    const restored = await restoreBackup(url, {
      id: found.id,
      ...(await checkArchive(found)),
      clock: systemClock,
      random: systemRandom,
      run: { id: null, operator: 'op' },
      programVersion: '1.0.0',
      config: DEFAULT_DATABASE_CONFIG,
    });
    return restored.tables['customers'];
  } finally {
    await drop();
  }
}
