import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabaseUrl } from '../../../test/engines.ts';
import { clockAt, systemClock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { DEFAULT_DATABASE_CONFIG } from '../database/database-config.ts';
import { insertRows } from '../database/insert-rows.ts';
import { openDatabase, usingDatabase } from '../database/open-database.ts';
import { systemRandom } from '../random.ts';
import { checkArchive } from './check-archive.ts';
import { createBackup } from './create-backup.ts';
import { createSeal, createUnseal } from './encryption.ts';
import { findBackup, readManifest } from './find-backup.ts';
import { restoreBackup } from './restore-backup.ts';
import { createFolderStore } from './stores/folder-store.ts';
import { verifyBackup } from './verify-backup.ts';

const AT = '2026-03-01T09:00:00.000Z';

interface Keys {
  readonly identity: string;
  readonly recipient: string;
}

async function makeKeys(): Promise<Keys> {
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

describe('an encrypted backup', () => {
  let folder: string;
  let own: Keys;
  let other: Keys;
  let database: Database;
  let drop: () => Promise<void>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'referral-encrypted-'));
    own = await makeKeys();
    other = await makeKeys();
    const created = await createDatabaseUrl('sqlite');
    drop = created.drop;
    database = await openDatabase({ url: created.url });
    const rows = Array.from({ length: 300 }, (_, at) => ({
      customer_id: `C-${at}`,
      first_name: 'Philippa',
      consent: 'granted' as const,
      attributes: '{}',
      source: 'import',
      created_at: AT,
      updated_at: AT,
    }));
    await database.transaction((transaction) => insertRows(transaction, 'customers', rows));
  });

  afterAll(async () => {
    await database.close();
    await drop();
    await rm(folder, { recursive: true, force: true });
  });

  const store = () => createFolderStore(folder, systemRandom);
  const backUp = (encryptTo: readonly string[]) =>
    createBackup({ database, store: store(), clock: systemClock, programVersion: '1.0.0', encryptTo });
  const find = (id: string) => findBackup(id, store(), folder, systemRandom);

  test('is restored with the private key, which making it did not need', async () => {
    const { id } = await backUp([own.recipient]);
    const found = await find(id);
    const unseal = await createUnseal(`# created: today\n${own.identity}\n`);
    expect(await verifyBackup(found, { unseal })).toMatchObject({ intact: true, checked: 'everything' });
    const target = await createDatabaseUrl('sqlite', 'empty');
    try {
      await restoreBackup(target.url, {
        id,
        ...(await checkArchive(found, { unseal })),
        clock: clockAt(AT),
        random: systemRandom,
        run: { id: null, operator: 'op' },
        programVersion: '1.0.0',
        config: DEFAULT_DATABASE_CONFIG,
      });
      await usingDatabase({ url: target.url }, async ({ queries }) => {
        const people = await queries.selectFrom('customers').select('first_name').execute();
        expect(people).toHaveLength(300);
        expect(people[299]).toEqual({ first_name: 'Philippa' });
      });
    } finally {
      await target.drop();
    }
  });

  test('shares what did not change with the one before, and nothing with one for other keys', async () => {
    const chunks = async (id: string) => {
      const { tables } = readManifest(await find(id));
      return tables.find(({ name }) => name === 'customers')?.chunks.map(({ sha256 }) => sha256);
    };
    const first = await chunks((await backUp([own.recipient])).id);
    expect(await chunks((await backUp([own.recipient])).id)).toEqual(first);
    const both = await chunks((await backUp([other.recipient, own.recipient])).id);
    expect(both).not.toEqual(first);
    expect(await chunks((await backUp([own.recipient, other.recipient])).id)).toEqual(both);
  });

  test('tells without the private key that its files are whole, and nothing of what is in them', async () => {
    const { id } = await backUp([own.recipient]);
    expect(await verifyBackup(await find(id))).toMatchObject({ intact: true, checked: 'files' });
    for (const name of await readdir(folder, { recursive: true })) {
      const bytes = await readFile(join(folder, name)).catch(() => Buffer.alloc(0));
      expect(bytes.includes('Philippa'), name).toBe(false);
    }
    const { tables } = readManifest(await find(id));
    const { sha256 } = await import('../canonical-json.ts');
    // Whoever guesses the rows of a small table can't tell from the manifest that he guessed right.
    const runs = tables.find(({ name }) => name === 'flags');
    expect(runs?.rows).toBe(0);
    expect(runs?.sha256).not.toBe(sha256(''));
  });

  test('is refused without the private key, with another one, and with what is none', async () => {
    const found = await find((await backUp([own.recipient])).id);
    await expect(checkArchive(found)).rejects.toMatchObject({ code: 'credential_missing' });
    const wrong = await createUnseal(other.identity);
    await expect(checkArchive(found, { unseal: wrong })).rejects.toMatchObject({
      code: 'credential_refused',
    });
    await expect(createUnseal('AGE-SECRET-KEY-NOTHING')).rejects.toMatchObject({
      code: 'credential_refused',
    });
    await expect(createUnseal('# nothing\n')).rejects.toMatchObject({ code: 'credential_refused' });
    const error = await createSeal([own.identity]).catch((caught: Error) => caught);
    expect(error).toMatchObject({ code: 'usage' });
    expect(String(error)).not.toContain(own.identity.slice(6));
  });
});
