import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { ReferralError } from '../errors.ts';

const LEVEL = 3;

/** Throws `state_forbids` where the runtime has no zstd: before Node 22.15. */
export function assertZstd(): void {
  if (typeof zlib.zstdCompress === 'function') return;
  throw new ReferralError('state_forbids', 'Backups need Node.js 22.15 or newer', {
    reason: 'this Node.js has no zstd compression',
    hint: 'Update Node.js; version 24 is the one this program is tested with.',
  });
}

/** Compresses bytes; the frame carries a checksum of its own. */
export async function compress(bytes: Uint8Array): Promise<Buffer> {
  const { ZSTD_c_compressionLevel: level, ZSTD_c_checksumFlag: checksum } = zlib.constants;
  return promisify(zlib.zstdCompress)(bytes, { params: { [level]: LEVEL, [checksum]: 1 } });
}

/** Gives the bytes back; throws when there are more than `limit` of them. */
export async function decompress(bytes: Uint8Array, limit: number): Promise<Buffer> {
  return promisify(zlib.zstdDecompress)(bytes, { maxOutputLength: Math.max(1, limit) });
}
