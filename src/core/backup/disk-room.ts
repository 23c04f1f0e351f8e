import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ReferralError } from '../errors.ts';
import type { Manifest } from './manifest.ts';

// Rows take less room in a database than as JSON; their indexes take about what is saved.
const ROOM_PER_BYTE = 1.3;
const MEGABYTE = 1_000_000;

/** Throws `state_forbids` when the disk of a file has surely no room for the rows of an archive beside it. */
export async function assertRoom(file: string, manifest: Pick<Manifest, 'tables'>): Promise<void> {
  const needed = ROOM_PER_BYTE * manifest.tables.reduce((sum, { bytes }) => sum + bytes, 0);
  const { bavail, bsize } = await statfs(dirname(resolve(file)));
  const free = bavail * bsize;
  if (free >= needed) return;
  throw new ReferralError('state_forbids', `There is not enough room for the restored database at ${file}`, {
    reason: `it needs about ${Math.ceil(needed / MEGABYTE)} MB, and ${Math.floor(free / MEGABYTE)} MB are free`,
    hint: 'Nothing was changed. Make room, or restore to another disk: --into sqlite:FILE.',
  });
}
