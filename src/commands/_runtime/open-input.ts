import type { BigIntStats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { ReferralError } from '../../core/errors.ts';
import type { Host } from './process.ts';

export interface InputOptions {
  /** More may be written to the file while it is read, as to a log; what is there counts. */
  readonly mayGrow?: boolean;
}

export type OpenInput = (file: string, options?: InputOptions) => Promise<Readable>;

// Few and large reads: each is a way through the event loop, which an import shares with its database.
const BLOCK = 262_144;

/**
 * Opens the inputs of one command. A regular file that changes between its first opening and the end of any reading ends with an
 * error instead of its last bytes: half a row may have been read. Standard input and pipes are taken as they come.
 */
export function createOpenInput(host: Pick<Host, 'stdin' | 'stdinIsFolder' | 'directory'>): OpenInput {
  const first = new Map<string, BigIntStats>();
  return async (file, { mayGrow = false } = {}) => {
    if (file === '-') {
      if (host.stdinIsFolder()) throw folderError('standard input');
      return host.stdin;
    }
    const path = resolve(host.directory, file);
    const handle = await openForReading(path, file);
    const state = await handle.stat({ bigint: true });
    if (state.isDirectory()) {
      await handle.close();
      throw folderError(file);
    }
    if (!first.has(path)) first.set(path, state);
    const before = mayGrow || !state.isFile() ? undefined : first.get(path);
    return readToEnd(handle, async () => {
      if (before !== undefined) assertSame(before, await handle.stat({ bigint: true }), file);
    });
  };
}

async function openForReading(path: string, file: string): Promise<FileHandle> {
  return open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    const missing = cause.code === 'ENOENT';
    throw new ReferralError(
      'input_missing',
      missing ? `There is no file ${file}` : `The file can't be read: ${file}`,
      {
        reason: missing ? `Looked for ${path}` : cause.message,
        hint: 'Check the name; - reads standard input.',
        cause,
      },
    );
  });
}

function readToEnd(handle: FileHandle, check: () => Promise<void>): Readable {
  const stream: Readable = new Readable({
    highWaterMark: BLOCK,
    read() {
      const buffer = Buffer.allocUnsafe(BLOCK);
      handle
        .read(buffer, 0, BLOCK, null)
        .then(async ({ bytesRead }) => {
          if (bytesRead === 0) await check();
          stream.push(bytesRead === 0 ? null : buffer.subarray(0, bytesRead));
        })
        .catch((error: Error) => stream.destroy(error));
    },
    destroy(error, callback) {
      handle.close().then(() => callback(error), callback);
    },
  });
  return stream;
}

function assertSame(before: BigIntStats, after: BigIntStats, file: string): void {
  if (before.dev !== after.dev || before.ino !== after.ino) {
    throw changed(file, 'another file has come in its place');
  }
  if (before.size !== after.size)
    throw changed(file, `it had ${before.size} bytes and has ${after.size} now`);
  if (before.mtimeNs !== after.mtimeNs) throw changed(file, 'it was written to');
}

function changed(file: string, what: string): ReferralError {
  return new ReferralError('input_unusable', `${file} changed while it was read`, {
    reason: `${what}; nothing was taken in`,
    hint: 'Run the command again when the file is complete.',
  });
}

function folderError(file: string): ReferralError {
  return new ReferralError('input_missing', `${file} is a folder, not a file`, {
    hint: 'Name the file in it.',
  });
}
