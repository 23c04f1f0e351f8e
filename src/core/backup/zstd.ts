import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { ReferralError } from '../errors.ts';

const LEVEL = 3;
const LEAST_WINDOW_LOG = 20;
const MOST_WINDOW_LOG = 27;
const LEAST_HASH_LOG = 17;
const MOST_HASH_LOG = 22;
// The output comes in pieces of this size, each a call from the other thread.
const PIECE = 256 * 1024;
const LARGEST_PIECE = 8 * 1024 * 1024;

/** Throws `state_forbids` where the runtime can't compress rows against earlier ones: before Node 22.19 and 24.6. */
export function assertZstd(): void {
  if (knowsDictionaries()) return;
  throw new ReferralError('state_forbids', 'Backups need Node.js 22.19, 24.6 or newer', {
    reason: 'this Node.js has no zstd compression with dictionaries',
    hint: 'Update Node.js; version 24 is the one this program is tested with.',
  });
}

let known: boolean | undefined;

// An older runtime takes the option and does nothing with it, which shows in the size.
function knowsDictionaries(): boolean {
  if (typeof zlib.zstdCompressSync !== 'function') return false;
  if (known === undefined) {
    const text = Buffer.from(Array.from({ length: 64 }, (_, at) => (at * at * 31) % 251));
    known = zlib.zstdCompressSync(text, { dictionary: text }).length < text.length / 2;
  }
  return known;
}

/**
 * Compresses bytes; the frame carries a checksum of its own. With a dictionary, the rows of an earlier chunk, what is the
 * same in both takes next to nothing, and the same dictionary is needed to get the bytes back.
 */
export async function compress(bytes: Uint8Array, dictionary?: Uint8Array): Promise<Buffer> {
  const {
    ZSTD_c_compressionLevel: level,
    ZSTD_c_checksumFlag: checksum,
    ZSTD_c_windowLog: window,
    ZSTD_c_hashLog: hashes,
  } = zlib.constants;
  const params = { [level]: LEVEL, [checksum]: 1 };
  if (dictionary === undefined) return promisify(zlib.zstdCompress)(bytes, { params, chunkSize: PIECE });
  return promisify(zlib.zstdCompress)(bytes, {
    params: {
      ...params,
      [window]: windowLog(bytes.length + dictionary.length),
      [hashes]: hashLog(dictionary.length),
    },
    dictionary,
    chunkSize: PIECE,
  });
}

// The window has to reach from the end of the bytes back to the beginning of the dictionary.
function windowLog(bytes: number): number {
  return Math.min(Math.max(Math.ceil(Math.log2(bytes + 1)), LEAST_WINDOW_LOG), MOST_WINDOW_LOG);
}

// Every place of the dictionary has to be found again. With the level's own table of hashes, which is meant for a window, an unchanged
// dictionary of 2.6 MB took 270 kB instead of 1.5 kB.
function hashLog(dictionary: number): number {
  return Math.min(Math.max(Math.ceil(Math.log2(dictionary / 3 + 1)), LEAST_HASH_LOG), MOST_HASH_LOG);
}

/** Gives the bytes back; throws when there are more than `limit` of them. */
export async function decompress(bytes: Uint8Array, limit: number, dictionary?: Uint8Array): Promise<Buffer> {
  return promisify(zlib.zstdDecompress)(bytes, {
    maxOutputLength: Math.max(1, limit),
    // With a byte to spare: a piece that is full makes room for another one.
    chunkSize: Math.min(Math.max(limit + 1, PIECE), LARGEST_PIECE),
    ...(dictionary === undefined ? {} : { dictionary }),
  });
}
