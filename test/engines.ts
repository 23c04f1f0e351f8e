import { readdirSync, readlinkSync } from 'node:fs';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, inject } from 'vitest';
import type { Database, Engine } from '../src/core/database/database.ts';
import { openDatabase } from '../src/core/database/open-database.ts';
import { createPostgresDatabase, hasPostgres } from './postgres-server.ts';

/** Opens a fresh, migrated database for this test; it is closed and dropped after the test. */
export type Open = () => Promise<Database>;

const ENGINES: readonly Engine[] = ['sqlite', 'postgres'];

/**
 * The same suite on both engines. `open` gives a fresh, migrated database; every database is closed and dropped when
 * the test ends, and a test that leaves connections or files open fails.
 */
export function describeEngines(title: string, suite: (open: Open, engine: Engine) => void): void {
  for (const engine of ENGINES) {
    describe.skipIf(engine === 'postgres' && !hasPostgres())(`${title} on ${engine}`, () => {
      const cleanups: (() => Promise<void>)[] = [];
      afterEach(async () => {
        for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
      });
      suite(async () => {
        const { url, drop } = await createDatabaseUrl(engine);
        cleanups.push(drop);
        const database = await openDatabase({ url });
        cleanups.push(() => database.close());
        return database;
      }, engine);
    });
  }
}

/** As `describeEngines`, but lends the URL of a database, `migrated` or `empty`, and opens nothing. */
export function describeEngineUrls(
  title: string,
  suite: (createUrl: (content?: 'migrated' | 'empty') => Promise<string>, engine: Engine) => void,
): void {
  for (const engine of ENGINES) {
    describe.skipIf(engine === 'postgres' && !hasPostgres())(`${title} on ${engine}`, () => {
      const cleanups: (() => Promise<void>)[] = [];
      afterEach(async () => {
        for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
      });
      suite(async (content) => {
        const { url, drop } = await createDatabaseUrl(engine, content);
        cleanups.push(drop);
        return url;
      }, engine);
    });
  }
}

/** A fresh database, `migrated` or `empty` (for SQLite: no file yet), and what removes it. */
export async function createDatabaseUrl(
  engine: Engine,
  content: 'migrated' | 'empty' = 'migrated',
): Promise<{ url: string; drop: () => Promise<void> }> {
  if (engine === 'postgres') return createPostgresDatabase(content);
  const folder = await mkdtemp(join(tmpdir(), 'referral-test-'));
  const file = join(folder, 'referral.db');
  if (content === 'migrated') await copyFile(join(inject('templates'), 'template.db'), file);
  return { url: `sqlite:${file}`, drop: () => removeFolder(folder) };
}

async function removeFolder(folder: string): Promise<void> {
  const open = openFilesIn(folder);
  await rm(folder, { recursive: true, force: true });
  if (open.length > 0) throw new Error(`files were left open: ${open.join(', ')}`);
}

/** Files of a folder that this process holds open; none where the system does not tell. */
function openFilesIn(folder: string): string[] {
  let descriptors: string[];
  try {
    descriptors = readdirSync('/proc/self/fd');
  } catch {
    return [];
  }
  return descriptors.flatMap((descriptor) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${descriptor}`);
      return target.startsWith(`${folder}/`) ? [target.slice(folder.length + 1)] : [];
    } catch {
      return [];
    }
  });
}
