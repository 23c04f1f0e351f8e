import { crc32, createDeflateRaw } from 'node:zlib';
import type { Zip, ZipInputFile } from 'fflate';

// A workbook is a million times the same few tags: more effort makes it little smaller and takes several times as long.
const LEVEL = 1;

export interface ZipEntry {
  /** Compresses a part on another thread, while the next one is put together; `part` is valid until the next call has returned. */
  write(part: Buffer): Promise<void>;
  end(): Promise<void>;
  /** Lets go of the compressor, also of one that is not at its end. */
  close(): void;
}

/** A file in an archive, written part by part. */
export function openZipEntry(zip: Zip, filename: string): ZipEntry {
  // The time of no clock: the same cells give the same bytes.
  const entry: ZipInputFile = { filename, size: 0, crc: 0, compression: 8, mtime: new Date(1980, 0, 1, 12) };
  zip.add(entry);
  const deflate = createDeflateRaw({ level: LEVEL });
  deflate.on('data', (chunk: Buffer<ArrayBuffer>) => entry.ondata?.(null, chunk, false));
  let before = Promise.resolve();
  const settle = (start: (done: (error?: Error | null) => void) => void): void => {
    before = new Promise((resolve, reject) => {
      deflate.once('error', reject);
      start((error) => {
        deflate.off('error', reject);
        if (error instanceof Error) reject(error);
        else resolve();
      });
    });
    // Told by the next call; not unhandled until then.
    before.catch(() => undefined);
  };
  return {
    async write(part) {
      await before;
      entry.crc = crc32(part, entry.crc);
      entry.size += part.length;
      settle((done) => deflate.write(part, done));
    },
    async end() {
      await before;
      settle((done) => deflate.once('end', done).end());
      await before;
      entry.ondata?.(null, new Uint8Array(0), true);
    },
    close: () => deflate.destroy(),
  };
}
