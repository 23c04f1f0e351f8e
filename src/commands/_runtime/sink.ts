import { createWriteStream, existsSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ReferralError } from '../../core/errors.ts';
import { systemRandom } from '../../core/random.ts';

/** Where the result goes: standard output or a file that appears whole or not at all. */
export interface Sink {
  /** Writes and waits until there is room for more; false when nobody reads any more. */
  write(chunk: string | Uint8Array): Promise<boolean>;
  /** Makes the file visible, or waits for the last byte on a pipe. */
  commit(): Promise<void>;
  /** Leaves nothing behind. */
  abandon(): Promise<void>;
}

/** Standard output; a closed pipe (`| head`) ends the writing quietly. */
export function stdoutSink(stream: Writable): Sink {
  let closed = false;
  stream.on('error', () => {
    closed = true;
  });
  return {
    async write(chunk) {
      if (closed) return false;
      return new Promise((resolveWrite) => {
        stream.write(chunk, (error) => resolveWrite(!closed && (error === undefined || error === null)));
      });
    },
    commit: async () => {},
    abandon: async () => {},
  };
}

/** The same sink, which says after each write how many bytes it has taken so far. */
export function countBytes(sink: Sink, onBytes: (bytes: number) => void): Sink {
  let bytes = 0;
  return {
    ...sink,
    async write(chunk) {
      const goesOn = await sink.write(chunk);
      bytes += Buffer.byteLength(chunk);
      onBytes(bytes);
      return goesOn;
    },
  };
}

/** Refuses an existing file unless forced. Call it before the work begins. */
export function checkOutput(directory: string, file: string, force: boolean): void {
  const path = resolve(directory, file);
  if (!existsSync(dirname(path))) {
    throw new ReferralError('usage', `The folder of the output file does not exist: ${dirname(file)}`, {
      hint: `Create it first: mkdir -p ${dirname(file)}`,
    });
  }
  const misnamed = !isFolder(dirname(path)) ? dirname(file) : isFolder(path) ? file : undefined;
  if (misnamed !== undefined) {
    const what = misnamed === file ? 'a folder, not a file' : 'a file, not a folder';
    throw new ReferralError('usage', `The output can't be written: ${misnamed} is ${what}`, {
      hint: 'Choose another name for the output file.',
    });
  }
  if (existsSync(path) && !force) {
    throw new ReferralError('output_exists', `The output file exists already: ${file}`, {
      hint: 'Choose another name, or add --force to replace it.',
    });
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** A file written beside its place, synced and renamed into it by `commit`. */
export async function fileSink(directory: string, file: string): Promise<Sink> {
  const path = resolve(directory, file);
  const temporary = join(
    dirname(path),
    `.${basename(path)}.${Buffer.from(systemRandom.bytes(4)).toString('hex')}.part`,
  );
  const stream = createWriteStream(temporary, { flags: 'wx' });
  let failure: unknown;
  stream.on('error', (error) => {
    failure = error;
  });
  const fail = (): never => {
    const reason = failure instanceof Error ? failure.message : String(failure);
    throw new ReferralError('output_exists', `The output file can't be written: ${file}`, {
      reason,
      hint: 'Check the folder, its permissions and the free space on its disk.',
      cause: failure,
    });
  };
  return {
    async write(chunk) {
      if (failure !== undefined) fail();
      return new Promise((resolveWrite) => stream.write(chunk, () => resolveWrite(true)));
    },
    async commit() {
      stream.end();
      await finished(stream).catch(() => undefined);
      if (failure !== undefined) fail();
      const handle = await open(temporary, 'r');
      await handle.sync();
      await handle.close();
      await rename(temporary, path);
    },
    async abandon() {
      stream.destroy();
      await rm(temporary, { force: true });
    },
  };
}
