import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { startChild } from '../../../test/children/start-child.ts';
import { describeEngineUrls } from '../../../test/engines.ts';
import { verifyAudit } from '../audit/verify-audit.ts';
import { clockAt } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { insertRows } from '../database/insert-rows.ts';
import { openDatabase, usingDatabase } from '../database/open-database.ts';
import { verifySchema } from '../database/verify-schema.ts';
import { systemRandom } from '../random.ts';
import { createBackup } from './create-backup.ts';
import { findBackup, listIds } from './find-backup.ts';
import { createFolderStore } from './stores/folder-store.ts';
import { verifyBackup } from './verify-backup.ts';

const NOW = '2026-03-01T09:00:00.120Z';
const KILLS = 10;
const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'referral-kill-'));
  folders.push(folder);
  return folder;
}

async function fill(database: Database, tier: string, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, at) => ({
    customer_id: `${tier}-${at}`,
    tier,
    consent: 'granted' as const,
    attributes: `{"city":"Town ${at % 100}"}`,
    source: 'import',
    created_at: NOW,
    updated_at: NOW,
  }));
  await database.transaction((transaction) => insertRows(transaction, 'customers', rows));
}

async function tiers(database: Database): Promise<Record<string, number>> {
  const rows = await database.queries
    .selectFrom('customers')
    .select(['tier', ({ fn }) => fn.countAll<number>().as('count')])
    .groupBy('tier')
    .execute();
  return Object.fromEntries(rows.map(({ tier, count }) => [tier ?? '', count]));
}

describeEngineUrls('a backup that is killed', (createUrl, engine) => {
  test(`leaves the old or the new database after ${KILLS} kills of a restore`, {
    timeout: 300_000,
  }, async () => {
    const folder = await makeFolder();
    const store = createFolderStore(folder, systemRandom);
    const { id } = await usingDatabase({ url: await createUrl() }, async (database) => {
      await fill(database, 'new', 20_000);
      return createBackup({ database, store, clock: clockAt(NOW), programVersion: '1.0.0' });
    });
    const found = { old: 0, new: 0 };
    const whole = await timeOf('restore', await createUrl(), folder, id);
    for (let kill = 0; kill < KILLS; kill += 1) {
      const url = await createUrl();
      await usingDatabase({ url }, (database) => fill(database, 'old', 100));
      const child = startChild('backup.ts', ['restore', url, folder, id]);
      await child.ready;
      // Half of the kills hit the last fifth, where the databases change places.
      await sleep(
        kill % 2 === 0 ? randomInt(whole) : Math.floor(whole * 0.8) + randomInt(Math.ceil(whole * 0.3)),
      );
      child.process.kill('SIGKILL');
      await child.ended;
      await usingDatabase({ url }, async (database) => {
        const people = await tiers(database);
        expect([{ old: 100 }, { new: 20_000 }], JSON.stringify(people)).toContainEqual(people);
        found['old' in people ? 'old' : 'new'] += 1;
        const quarantined = await database.queries
          .selectFrom('meta')
          .selectAll()
          .where('name', '=', 'quarantined_at')
          .execute();
        expect(quarantined).toHaveLength('new' in people ? 1 : 0);
        expect((await verifySchema(database)).drift).toEqual([]);
        expect((await verifyAudit(database.queries)).problems).toEqual([]);
      });
    }
    process.stdout.write(
      `  ${engine}: ${KILLS} kills in restores of ${whole} ms, ${found.old} left the old database, ${found.new} the new one\n`,
    );
    const url = await createUrl();
    const again = startChild('backup.ts', ['restore', url, folder, id]);
    expect(await again.ended, again.output()).toBe(0);
  });

  test('can be restored again after a restore that was killed half-way', { timeout: 60_000 }, async () => {
    const folder = await makeFolder();
    const store = createFolderStore(folder, systemRandom);
    const url = await createUrl();
    const { id } = await usingDatabase({ url }, async (database) => {
      await fill(database, 'new', 5_000);
      return createBackup({ database, store, clock: clockAt(NOW), programVersion: '1.0.0' });
    });
    const child = startChild('backup.ts', ['restore', url, folder, id]);
    await child.ready;
    await sleep(100);
    child.process.kill('SIGKILL');
    await child.ended;
    const again = startChild('backup.ts', ['restore', url, folder, id]);
    expect(await again.ended, again.output()).toBe(0);
    await usingDatabase({ url }, async (database) => {
      expect(await tiers(database)).toEqual({ new: 5_000 });
    });
  });

  test(`leaves only whole backups after ${KILLS} kills of a creation`, { timeout: 300_000 }, async () => {
    const folder = await makeFolder();
    const store = createFolderStore(folder, systemRandom);
    const url = await createUrl();
    await usingDatabase({ url }, (database) => fill(database, 'new', 20_000));
    const whole = await timeOf('create', url, await makeFolder(), '');
    for (let kill = 0; kill < KILLS; kill += 1) {
      const child = startChild('backup.ts', ['create', url, folder]);
      await child.ready;
      await sleep(randomInt(whole));
      child.process.kill('SIGKILL');
      await child.ended;
    }
    const last = startChild('backup.ts', ['create', url, folder]);
    expect(await last.ended, last.output()).toBe(0);
    const ids = await listIds(store);
    expect(ids.length).toBeGreaterThan(0);
    for (const id of ids) {
      expect(await verifyBackup(await findBackup(id, store, folder, systemRandom))).toMatchObject({
        intact: true,
      });
    }
    process.stdout.write(
      `  ${engine}: ${KILLS} kills in creations of ${whole} ms left ${ids.length - 1} whole backups\n`,
    );
  });
});

/** How long the child works when nobody kills it, in milliseconds. */
async function timeOf(what: string, url: string, folder: string, id: string): Promise<number> {
  const child = startChild('backup.ts', [what, url, folder, id]);
  await child.ready;
  const started = performance.now();
  expect(await child.ended, child.output()).toBe(0);
  await (await openDatabase({ url })).close();
  return Math.ceil(performance.now() - started);
}
