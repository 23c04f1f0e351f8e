import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { ReferralError } from '../errors.ts';

/** A file that gets its name when it is whole; until then it is `NAME.part` beside it. */
export interface PartialFile {
  write(text: string): Promise<void>;
  /** Brings all of it to the disk, so that only the name is missing. May be called again. */
  finish(): Promise<void>;
  /** Gives it its name. */
  place(): Promise<void>;
  /** Leaves nothing. Never throws. */
  discard(): Promise<void>;
}

/** Begins a file that only its owner may read. What an earlier process left of it is removed; a pipe or device is written as it is. */
export async function createPartialFile(path: string): Promise<PartialFile> {
  return (await isPipeOrDevice(path)) ? createDirectFile(path) : createFileBeside(path);
}

/** Something that is neither a file nor a folder: it can't be renamed into place, and must not be replaced. */
export async function isPipeOrDevice(path: string): Promise<boolean> {
  try {
    const found = await stat(path);
    return !found.isFile() && !found.isDirectory();
  } catch {
    return false;
  }
}

async function createDirectFile(path: string): Promise<PartialFile> {
  const handle = await open(path, constants.O_WRONLY);
  return {
    write: (text) => handle.writeFile(text),
    finish: async () => {},
    place: () => handle.close(),
    discard: () => handle.close().catch(() => {}),
  };
}

async function createFileBeside(path: string): Promise<PartialFile> {
  const partial = partialPath(path);
  await rm(partial, { force: true });
  const handle = await open(partial, 'wx', 0o600).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'EEXIST' ? takenOver(path, cause) : cause;
  });
  return {
    write: (text) => handle.writeFile(text),
    async finish() {
      await handle.sync();
      await assertOwn(handle, path);
    },
    async place() {
      await assertOwn(handle, path);
      await rename(partial, path);
      await handle.close();
    },
    async discard() {
      const isOwn = await assertOwn(handle, path).then(
        () => true,
        () => false,
      );
      await handle.close().catch(() => {});
      if (isOwn) await rm(partial, { force: true }).catch(() => {});
    },
  };
}

/** Where a file is as long as it is not whole. */
export function partialPath(path: string): string {
  return `${path}.part`;
}

// Who begins the same file later removes this one: then it must not be taken for that one.
async function assertOwn(handle: FileHandle, path: string): Promise<void> {
  const [own, there] = await Promise.all([handle.stat(), stat(partialPath(path)).catch(() => undefined)]);
  if (there === undefined || own.ino !== there.ino || own.dev !== there.dev) throw takenOver(path);
}

function takenOver(path: string, cause?: unknown): ReferralError {
  return new ReferralError('locked', `Another command is writing ${path}`, {
    hint: 'Run the command again when that has ended, or name another file.',
    ...(cause === undefined ? {} : { cause }),
  });
}
