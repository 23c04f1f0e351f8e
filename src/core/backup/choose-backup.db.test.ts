import { expect, test } from 'vitest';
import { backUp, restoreInto } from '../../../test/backup-soak/archive-steps.ts';
import { createMemoryStore, type MemoryStore } from '../../../test/backup-soak/memory-store.ts';
import { describeEngineUrls } from '../../../test/engines.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { DEFAULT_DATABASE_CONFIG } from '../database/database-config.ts';
import { insertRows } from '../database/insert-rows.ts';
import { MIGRATIONS } from '../database/migrations-list.ts';
import { usingDatabase } from '../database/open-database.ts';
import { verifySchema } from '../database/verify-schema.ts';
import { systemRandom } from '../random.ts';
import { listArchiveTables } from './archive-tables.ts';
import { manifestName } from './backup-store.ts';
import { checkArchive } from './check-archive.ts';
import { compareTarget } from './compare-target.ts';
import { createBackup } from './create-backup.ts';
import { exportTable } from './export-table.ts';
import { findBackup, findNewest, readManifest } from './find-backup.ts';
import { formatManifest, type Manifest } from './manifest.ts';
import { verifyBackup } from './verify-backup.ts';

const AT = '2026-03-01T09:00:00.000Z';
// The migrations of the first release.
const EARLY = 8;

async function fill(database: Database, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, at) => ({
    ...{ customer_id: `C-${at}`, tier: 'basic', consent: 'unknown' as const, source: 'import' },
    ...{ attributes: `{"at":${at}}`, created_at: AT, updated_at: AT },
  }));
  await database.transaction((transaction) => insertRows(transaction, 'customers', rows));
}

/** Rows of a table that is as it was in the first release. */
async function suppressThree({ queries }: Database): Promise<void> {
  const rows = ['a', 'b', 'c'].map((letter) => ({
    ...{ address_hash: letter.repeat(64), key_id: '0'.repeat(16), reason: 'manual' as const },
    ...{ source: 'test', created_at: AT },
  }));
  await queries.insertInto('suppressions').values(rows).execute();
}

/** The same backup as programs of other versions would have made it. */
async function makeOtherSchemas(id: string, { store, files }: MemoryStore) {
  const manifest = readManifest(await findBackup(id, store, '.', systemRandom));
  const put = (changed: Manifest): string => {
    const { id: name, bytes } = formatManifest(changed);
    files.set(manifestName(name), bytes);
    return name;
  };
  const early = listArchiveTables(MIGRATIONS.slice(0, EARLY));
  const tables = manifest.tables
    .map((table) => ({ ...table, columns: early.find(({ name }) => name === table.name)?.columns }))
    .flatMap(({ columns, ...table }) => (columns === undefined ? [] : [{ ...table, columns: [...columns] }]));
  const later = { name: '9999-later', sqlite: 'a'.repeat(64), postgres: 'b'.repeat(64) };
  return {
    older: put({ ...manifest, tables, migrations: manifest.migrations.slice(0, EARLY) }),
    newer: put({ ...manifest, migrations: [...manifest.migrations, later] }),
  };
}

describeEngineUrls('a backup in a store', (createUrl, engine) => {
  test('is found by a time, compared with a database row by row, exported, and verified in part', async () => {
    const { store, files } = createMemoryStore();
    const url = await createUrl();
    const ids: string[] = [];
    await usingDatabase({ url }, async (database) => {
      await fill(database, 200);
      for (const day of [1, 3, 5]) {
        const clock: Clock = { ...systemClock, now: () => `2026-03-0${day}T09:00:00.000Z` };
        await database.queries
          .updateTable('customers')
          .set({ tier: `day ${day}` })
          .where('customer_id', '=', 'C-7')
          .execute();
        ids.push((await createBackup({ database, store, clock, programVersion: '1.0.0' })).id);
      }
    });

    // The newest one of that moment or before.
    expect((await findNewest(store)).id).toBe(ids[2]);
    expect((await findNewest(store, '2026-03-05T09:00:00.000Z')).id).toBe(ids[2]);
    expect((await findNewest(store, '2026-03-05T08:59:59.999Z')).id).toBe(ids[1]);
    await expect(findNewest(store, '2026-03-01T08:59:59.999Z')).rejects.toMatchObject({ code: 'not_found' });

    // What a restore of the first one would change, which changes nothing.
    await usingDatabase({ url }, async ({ queries }) => {
      await queries.deleteFrom('customers').where('customer_id', 'in', ['C-1', 'C-2']).execute();
      const added = { customer_id: 'C-new', consent: 'unknown' as const, attributes: '{}', source: 'manual' };
      await queries
        .insertInto('customers')
        .values({ ...added, created_at: AT, updated_at: AT })
        .execute();
    });
    const first = await findBackup(ids[0] ?? '', store, '.', systemRandom);
    const compared = await compareTarget(url, DEFAULT_DATABASE_CONFIG, await checkArchive(first));
    expect(compared).toEqual({
      differences: [
        // The mark by which PostgreSQL tells what has changed since a backup.
        ...(engine === 'postgres' ? [expect.objectContaining({ table: 'meta', removed: 1 })] : []),
        { table: 'customers', before: 199, after: 200, added: 2, removed: 1, changed: 1 },
        expect.objectContaining({ table: 'backup_records', removed: 3 }),
      ],
      not_compared: null,
    });
    await usingDatabase({ url }, async ({ queries }) => {
      const people = await queries.selectFrom('customers').select('id').execute();
      expect(people).toHaveLength(199);
    });

    // One table of it, to compare with.
    const table = await exportTable(first, 'customers', undefined);
    const rows = await Array.fromAsync(table.rows);
    expect(rows).toHaveLength(200);
    expect(rows[7]).toMatchObject({ customer_id: 'C-7', tier: 'day 1', attributes: { at: 7 } });
    await expect(exportTable(first, 'customer', undefined)).rejects.toMatchObject({ code: 'not_found' });

    // A part of the files is read, and all have to be there.
    const sample = { part: 0.1, random: systemRandom };
    const whole = await verifyBackup(first);
    const part = await verifyBackup(first, { sample });
    expect(part).toMatchObject({ intact: true, checked: 'sample' });
    expect(part.bytes).toBeLessThan(whole.bytes);
    const chunks = [...files.keys()].filter((name) => name.startsWith('chunks/'));
    expect(await verifyBackup(first, { sample: { ...sample, part: 1 } })).toMatchObject({
      bytes: whole.bytes,
    });
    for (const name of chunks) {
      const bytes = files.get(name) ?? Buffer.alloc(0);
      files.set(name, Buffer.from(bytes).fill(1, 4, 5));
      const [all, read] = [
        await verifyBackup(first),
        await verifyBackup(first, { sample: { ...sample, part: 1 } }),
      ];
      expect(read.intact, name).toBe(all.intact);
      files.delete(name);
      expect((await verifyBackup(first, { sample })).intact, name).toBe(all.intact);
      files.set(name, bytes);
    }
  });

  test('of an earlier schema is migrated on its way in, and one of a later schema is refused', async () => {
    const memory = createMemoryStore();
    const { store } = memory;
    const source = await createUrl();
    await usingDatabase({ url: source }, suppressThree);
    const { older, newer } = await makeOtherSchemas(await backUp(source, store), memory);
    const url = await createUrl('empty');
    await restoreInto(url, older, store);
    await usingDatabase({ url }, async (database) => {
      expect(await verifySchema(database)).toMatchObject({ drift: [], pending: [] });
      expect(await database.queries.selectFrom('suppressions').select('id').execute()).toHaveLength(3);
      expect(await database.queries.selectFrom('customers').select('row_hash').execute()).toEqual([]);
      expect(await database.queries.selectFrom('job_runs').selectAll().execute()).toEqual([]);
    });
    await expect(restoreInto(url, newer, store)).rejects.toMatchObject({ code: 'database_newer' });
  });
});
