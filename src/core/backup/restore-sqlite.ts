import { chmod, copyFile, link, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ProcessLock } from '../database/database.ts';
import { type HeldSqliteFile, holdSqliteFile } from '../database/hold-sqlite-file.ts';
import { findMigrationStatus } from '../database/migration-status.ts';
import { openDatabase } from '../database/open-database.ts';
import type { SqliteAddress } from '../database/parse-database-url.ts';
import { sqliteFileExists } from '../database/sqlite-connection.ts';
import { trySqliteLock } from '../database/sqlite-lock.ts';
import { ReferralError } from '../errors.ts';
import { type Adopted, adoptRestored } from './adopt-restored.ts';
import { buildRestored } from './build-restored.ts';
import { assertRoom } from './disk-room.ts';
import { isKeptFile, keptFileName } from './kept-name.ts';
import type { RestoreOptions } from './restore-options.ts';

/** So many migrations a database needs to have all that a restore takes over: up to its rewards. */
const LEDGER_MIGRATIONS = 6;
const COMPANIONS = ['-wal', '-shm', '-journal'] as const;

export interface Restored extends Adopted {
  /** Where the replaced database was kept, or null when there was none. */
  readonly kept: string | null;
}

/**
 * Puts an archive in the place of a SQLite file. The new file is built, checked and synced beside it; then one rename
 * makes it the database. Until then the old one is whole, after it the new one is. Throws `locked` when another
 * process has the database open.
 */
export async function restoreSqlite(address: SqliteAddress, options: RestoreOptions): Promise<Restored> {
  const { file } = address;
  const lock = await takeLock(file);
  const building = `${file}.restoring`;
  try {
    await removeDatabase(building);
    await removeSecondNames(file);
    await assertRoom(file, options.manifest);
    const fresh = await openDatabase({ url: `sqlite:${building}`, migrations: 'skip', create: true });
    try {
      await buildRestored(fresh, options);
    } finally {
      await fresh.close();
    }
    return await replaceFile(file, building, options);
  } finally {
    await removeDatabase(building);
    await lock.release();
  }
}

async function replaceFile(file: string, building: string, options: RestoreOptions): Promise<Restored> {
  // From here on nobody else has the old file open, so that nothing is added to it that would be lost.
  const held = sqliteFileExists(file) ? await holdSqliteFile(file) : undefined;
  try {
    const adopted = await adoptFile(building, held, options);
    if (held !== undefined) await chmod(building, (await stat(file)).mode);
    await syncPath(building);
    const kept = held === undefined ? null : keptFileName(file, options.clock);
    if (kept !== null) await keepFile(file, kept, held?.damaged ?? false);
    await rename(building, file);
    await syncPath(dirname(file));
    return { ...adopted, kept };
  } finally {
    await held?.release();
  }
}

async function adoptFile(
  building: string,
  held: HeldSqliteFile | undefined,
  options: RestoreOptions,
): Promise<Adopted> {
  const readable =
    held?.queries !== undefined &&
    (await findMigrationStatus(held.queries)).applied.length >= LEDGER_MIGRATIONS;
  const fresh = await openDatabase({ url: `sqlite:${building}` });
  try {
    return await fresh.transaction((transaction) =>
      adoptRestored(transaction, {
        ...options,
        snapshotAt: options.manifest.created_at,
        old: readable ? held?.queries : undefined,
      }),
    );
  } finally {
    await fresh.close();
  }
}

// The held file has no -wal beside it (that is part of holding it), so its name can simply get a second owner. One that is
// damaged takes its companions along: a -wal left behind would bring its old pages into the new database.
async function keepFile(file: string, kept: string, isDamaged: boolean): Promise<void> {
  if (isDamaged) {
    for (const companion of COMPANIONS)
      await rename(`${file}${companion}`, `${kept}${companion}`).catch(ignoreMissing);
  }
  await link(file, kept).catch(async (error: NodeJS.ErrnoException) => {
    // Some file systems have no second names.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK'].includes(error.code ?? '')) throw error;
    await copyFile(file, kept);
    await syncPath(kept);
  });
  await syncPath(dirname(file));
}

// A restore that was killed right before its rename has left a second name of the database that is still in use.
async function removeSecondNames(file: string): Promise<void> {
  const own = await stat(file).catch(() => undefined);
  if (own === undefined || own.nlink === 1) return;
  for (const name of await readdir(dirname(file))) {
    const path = join(dirname(file), name);
    if (isKeptFile(name, basename(file)) && (await stat(path)).ino === own.ino) await rm(path);
  }
}

async function takeLock(file: string): Promise<ProcessLock> {
  const lock = await trySqliteLock(file, 'restore');
  if (lock !== undefined) return lock;
  throw new ReferralError('locked', `Another restore into ${file} is at work`, {
    hint: 'Wait for it to end, then look: referral backup list',
  });
}

async function removeDatabase(file: string): Promise<void> {
  for (const name of ['', ...COMPANIONS]) await rm(`${file}${name}`, { force: true });
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
