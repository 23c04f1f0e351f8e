import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { sha256 } from '../../canonical-json.ts';
import { ReferralError } from '../../errors.ts';
import type { Random } from '../../random.ts';
import { releaseBytes } from '../../release-bytes.ts';
import type { BackupStore, StoredFile } from '../backup-store.ts';

/** Backups in a folder. They contain personal data: its folders are for their owner only (0700), its files too (0600). */
export function createFolderStore(folder: string, random: Random): BackupStore {
  return {
    location: folder,
    locate: (name) => join(folder, name),
    put: (name, bytes) =>
      explaining(folder, async () => {
        const target = join(folder, name);
        await makeFolder(dirname(target));
        const temporary = `${target}.${Buffer.from(random.bytes(6)).toString('hex')}.tmp`;
        await writeDurably(temporary, bytes);
        await rename(temporary, target);
        await syncFolder(dirname(target));
      }),
    read: (name) => explaining(folder, () => readPlainFile(join(folder, name))),
    // Reading is cheap here, and a file that the disk has damaged is written again.
    holds: (name, file) =>
      explaining(folder, async () => {
        const bytes = await readPlainFile(join(folder, name));
        if (bytes === undefined) return false;
        const isSame = bytes.length === file.bytes && sha256(bytes) === file.sha256;
        releaseBytes(bytes);
        return isSame;
      }),
    list: (name) => explaining(folder, () => listFolder(folder, name)),
    remove: (names) =>
      explaining(folder, async () => {
        for (const name of names) await rm(join(folder, name), { force: true });
      }),
    sweep: (before) =>
      explaining(folder, async () => {
        for (const area of ['chunks', 'manifests', 'verified', 'working'])
          await sweepFolder(join(folder, area), before);
      }),
  };
}

// What is being written ends in `.tmp` and is no file of the store yet.
async function listFolder(folder: string, name: string): Promise<StoredFile[]> {
  const entries = await readdir(join(folder, name), { recursive: true, withFileTypes: true }).catch(
    ignoreMissing,
  );
  const files: StoredFile[] = [];
  for (const entry of entries ?? []) {
    if (!entry.isFile() || entry.name.endsWith('.tmp')) continue;
    const path = join(entry.parentPath, entry.name);
    const found = await stat(path).catch(ignoreMissing);
    if (found === undefined) continue;
    const own = relative(folder, path).split(sep).join('/');
    files.push({ name: own, bytes: found.size, modified: found.mtimeMs });
  }
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function sweepFolder(folder: string, before: number): Promise<void> {
  const names = await readdir(folder, { recursive: true }).catch(ignoreMissing);
  for (const name of names ?? []) {
    if (!name.endsWith('.tmp')) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(ignoreMissing);
    if (found !== undefined && found.mtimeMs < before) await rm(path, { force: true });
  }
}

// What the file system refuses is for a person to mend: a full disk, a file in the place of the folder, no permission.
async function explaining<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof Error) || !('syscall' in cause)) throw cause;
    throw new ReferralError('configuration_invalid', `Backups can't be kept in ${folder}`, {
      reason: cause.message,
      hint: 'Mend that, or name another folder with --to or --from, or in backup.store of the configuration.',
      cause,
    });
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

// A new folder is durable once the one that it is in is. Node's own way to make several at once never ends where the system
// says of a folder in one that is there that there is no such folder, as /proc does.
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (isThere(error)) return;
    const parent = dirname(path);
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT') || parent === path)
      throw error;
    await makeFolder(parent);
    await mkdir(path, { mode: 0o700 }).catch((again: unknown) => {
      // Another file of the same folder is being written.
      if (!isThere(again)) throw again;
    });
  }
  await syncFolder(dirname(path));
}

function isThere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}

// A rename is durable once its folder is.
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

// A link in the place of a chunk could point anywhere: it is not followed, and counts as missing.
async function readPlainFile(path: string): Promise<Buffer | undefined> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(ignoreMissing);
  if (handle === undefined) return undefined;
  try {
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(error.code ?? '')) return undefined;
  throw error;
}
