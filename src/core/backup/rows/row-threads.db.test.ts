import { expect, test } from 'vitest';
import { createMemoryStore } from '../../../../test/backup-soak/memory-store.ts';
import { describeEngineUrls } from '../../../../test/engines.ts';
import { clockAt } from '../../clock.ts';
import { insertRows } from '../../database/insert-rows.ts';
import { usingDatabase } from '../../database/open-database.ts';
import { systemRandom } from '../../random.ts';
import { createBackup } from '../create-backup.ts';
import { findBackup, readManifest } from '../find-backup.ts';
import { KEYS_PER_CHUNK } from './row-text.ts';

const AT = '2026-03-01T09:00:00.120Z';
const clock = clockAt(AT);

async function fill(url: string): Promise<void> {
  // Several chunks for each thread, gaps, one chunk that is too large for one, and texts that JSON escapes.
  const rows = Array.from({ length: 60 }, (_, at) => ({
    ...{ id: 1 + Math.floor((at * KEYS_PER_CHUNK) / 4) + (at > 40 ? 5 * KEYS_PER_CHUNK : 0) },
    ...{ customer_id: `C-${at}`, name: `"${at}"\n\\ß€`, consent: 'unknown' as const, source: 'import' },
    attributes: JSON.stringify({ note: at > 50 && at < 54 ? 'x'.repeat(2_000_000) : `n${at}` }),
    ...{ created_at: AT, updated_at: AT },
  }));
  await usingDatabase({ url }, (database) =>
    database.transaction((transaction) => insertRows(transaction, 'customers', rows)),
  );
}

describeEngineUrls('tables that several threads read', (createUrl) => {
  test('are in the same chunks, of the same bytes, as those that are read here', async () => {
    const url = await createUrl();
    await fill(url);
    const manifests = await usingDatabase({ url }, async (database) => {
      const options = { database, clock, programVersion: '1.0.0' };
      const read = async (threads: object) => {
        const { store } = createMemoryStore();
        const { id } = await createBackup({ ...options, store, ...threads });
        return readManifest(await findBackup(id, store, '.', systemRandom));
      };
      return [await read({}), await read({ opening: { url }, threadsFrom: 1, threads: 2 })];
    });
    const [here, there] = manifests.map(({ tables }) => tables.find(({ name }) => name === 'customers'));
    expect(there).toEqual(here);
    expect(here?.rows).toBe(60);
    expect(here?.chunks.length).toBeGreaterThan(10);
  });

  test('end the backup with what a thread could not do', async () => {
    const url = await createUrl();
    await fill(url);
    const { store } = createMemoryStore();
    await usingDatabase({ url }, async (database) => {
      const controller = new AbortController();
      const backup = createBackup({
        ...{ database, store, clock, programVersion: '1.0.0', opening: { url }, threadsFrom: 1, threads: 2 },
        signal: controller.signal,
        onProgress: () => controller.abort(),
      });
      await expect(backup).rejects.toMatchObject({ code: 'interrupted' });
      expect(await store.list('manifests')).toEqual([]);
    });
  });
});
