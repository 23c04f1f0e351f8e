import { ArchiveReader } from './archive-reader.ts';
import { type FoundBackup, readManifest } from './find-backup.ts';
import { planTables } from './load-archive.ts';
import { damaged, type Manifest } from './manifest.ts';
import { noteVerified } from './verified-notes.ts';
import { type VerifyOptions, verifyBackup } from './verify-backup.ts';

export interface CheckedArchive {
  readonly manifest: Manifest;
  readonly reader: ArchiveReader;
}

/**
 * Reads every byte of an archive and makes sure that this program can restore it: all that can be found out before
 * the first row is written. Throws `input_unusable`, `database_newer`, `credential_missing`, `credential_refused`.
 */
export async function checkArchive(
  found: FoundBackup,
  options: Pick<VerifyOptions, 'unseal' | 'onProgress'> = {},
): Promise<CheckedArchive> {
  const manifest = readManifest(found);
  planTables(manifest, found.id);
  const reader = await ArchiveReader.open(found.store, manifest, options.unseal);
  const { problems } = await verifyBackup(found, options);
  const [first] = problems;
  if (first !== undefined) throw damaged(`${first.file}: ${first.problem}`, found.id, problems);
  await noteVerified(found.store, found.id);
  return { manifest, reader };
}
