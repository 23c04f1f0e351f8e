import { promisify } from 'node:util';
import { constants, crc32, deflateRaw, type ZlibOptions } from 'node:zlib';
import type { Zip, ZipInputFile } from 'fflate';

const deflate = promisify(deflateRaw) as (part: Buffer, options: ZlibOptions) => Promise<Buffer<ArrayBuffer>>;
// A workbook is a million times the same few tags: more effort makes it little smaller and takes several times as long.
const LEVEL = 3;

export interface ZipEntry {
  /** Compresses a part on another thread, while the next one is put together; one part at a time. */
  write(part: Buffer): Promise<void>;
  end(): Promise<void>;
}

/**
 * A file in an archive, written part by part. Each part ends at a byte (`Z_SYNC_FLUSH`), so that the parts, compressed each by itself,
 * are one stream when they are put together (RFC 1951).
 */
export function openZipEntry(zip: Zip, filename: string): ZipEntry {
  // The time of no clock: the same cells give the same bytes.
  const entry: ZipInputFile = { filename, size: 0, crc: 0, compression: 8, mtime: new Date(1980, 0, 1, 12) };
  zip.add(entry);
  let before: Promise<Uint8Array<ArrayBuffer>> | undefined;
  const settle = async (last: boolean): Promise<void> => {
    const compressed = await before;
    if (compressed !== undefined) entry.ondata?.(null, compressed, last);
  };
  return {
    async write(part) {
      entry.crc = crc32(part, entry.crc);
      entry.size += part.length;
      const compressed = deflate(part, { level: LEVEL, finishFlush: constants.Z_SYNC_FLUSH });
      // Told by the next `settle`; not unhandled until then.
      compressed.catch(() => undefined);
      await settle(false);
      before = compressed;
    },
    async end() {
      await settle(false);
      before = deflate(Buffer.alloc(0), { level: LEVEL });
      await settle(true);
    },
  };
}
