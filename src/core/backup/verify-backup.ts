import { ReferralError } from '../errors.ts';
import type { OnProgress } from '../progress.ts';
import type { Random } from '../random.ts';
import { ArchiveReader } from './archive-reader.ts';
import { chunkName, manifestName } from './backup-store.ts';
import { type ArchiveProblem, checkChunks, checkTable, noting } from './check-table.ts';
import type { Unseal } from './encryption.ts';
import { type FoundBackup, readManifest } from './find-backup.ts';
import { listFiles, type Manifest, type ManifestChunk } from './manifest.ts';
import { assertZstd } from './zstd.ts';

export interface BackupVerification {
  readonly id: string;
  readonly location: string;
  readonly intact: boolean;
  /** What was compared: every byte; the files of a part of the backup; of an encrypted one without its private key the files only. */
  readonly checked: 'everything' | 'files' | 'sample';
  readonly tables: number;
  readonly rows: number;
  readonly chunks: number;
  /** Bytes read. */
  readonly bytes: number;
  readonly problems: readonly ArchiveProblem[];
}

export interface VerifyOptions {
  /** Opens an encrypted backup; without it only its files can be compared. */
  readonly unseal?: Unseal | undefined;
  /** Reads only this part of the files, from 0 to 1, chosen by chance, and looks that the others are there with their size. */
  readonly sample?: { readonly part: number; readonly random: Random } | undefined;
  readonly onProgress?: OnProgress | undefined;
}

const ENOUGH = 100;

/**
 * Reads every byte of a backup, or a sample of its files, and compares it with what was written. Throws `credential_refused`
 * for a private key that is not the backup's.
 */
export async function verifyBackup(
  found: FoundBackup,
  options: VerifyOptions = {},
): Promise<BackupVerification> {
  assertZstd();
  const manifest = tryManifest(found);
  if (manifest instanceof ReferralError) return refuse(found, manifest);
  const { problems, checked, bytes } = await check(found, manifest, options);
  return {
    id: found.id,
    location: found.store.locate(manifestName(found.id)),
    intact: problems.length === 0,
    checked,
    tables: manifest.tables.length,
    rows: manifest.tables.reduce((sum, { rows }) => sum + rows, 0),
    chunks: manifest.tables.reduce((sum, { chunks }) => sum + chunks.length, 0),
    bytes: found.bytes.length + bytes,
    problems: problems.slice(0, ENOUGH),
  };
}

interface Checked {
  readonly problems: readonly ArchiveProblem[];
  readonly checked: BackupVerification['checked'];
  readonly bytes: number;
}

async function check(found: FoundBackup, manifest: Manifest, options: VerifyOptions): Promise<Checked> {
  if (options.sample !== undefined) return checkSample(found, manifest, options);
  const isClosed = manifest.encryption !== null && options.unseal === undefined;
  return isClosed ? checkFiles(found, manifest, options) : checkAll(found, manifest, options);
}

async function checkAll(
  { store }: FoundBackup,
  manifest: Manifest,
  options: VerifyOptions,
): Promise<Checked> {
  const reader = await ArchiveReader.open(store, manifest, options.unseal);
  const problems: ArchiveProblem[] = [];
  const total = manifest.tables.reduce((sum, { rows }) => sum + rows, 0);
  let done = 0;
  for (const table of manifest.tables) {
    const found = await checkTable(reader, table, (rows) => {
      done += rows;
      options.onProgress?.(done, total);
    });
    problems.push(...found);
  }
  return { problems, checked: 'everything', bytes: sizeOf(listFiles(manifest)) };
}

async function checkFiles(
  { store }: FoundBackup,
  manifest: Manifest,
  { onProgress }: VerifyOptions,
): Promise<Checked> {
  const reader = ArchiveReader.forFiles(store, manifest);
  const problems: ArchiveProblem[] = [];
  const files = listFiles(manifest);
  for (const [at, file] of files.entries()) {
    await noting(problems, reader.readFile(file));
    onProgress?.(at + 1, files.length);
  }
  return { problems, checked: 'files', bytes: sizeOf(files) };
}

async function checkSample(
  { store }: FoundBackup,
  manifest: Manifest,
  { sample, unseal, onProgress }: VerifyOptions,
): Promise<Checked> {
  const isClosed = manifest.encryption !== null && unseal === undefined;
  const reader = isClosed
    ? ArchiveReader.forFiles(store, manifest)
    : await ArchiveReader.open(store, manifest, unseal);
  const problems: ArchiveProblem[] = [];
  const sizes = new Map((await store.list('chunks')).map(({ name, bytes }) => [name, bytes]));
  for (const { sha256, bytes } of listFiles(manifest)) {
    const file = chunkName(sha256, manifest.encryption !== null);
    const size = sizes.get(file);
    if (size === undefined) problems.push({ file, problem: 'it is missing' });
    else if (size !== bytes) problems.push({ file, problem: `it has ${size} bytes, ${bytes} were written` });
  }
  const chunks = manifest.tables.flatMap((table) => table.chunks.map((chunk) => ({ table, chunk })));
  const chosen = choose(chunks, sample?.part ?? 1, sample?.random);
  for (const [at, { table, chunk }] of chosen.entries()) {
    if (isClosed) await noting(problems, reader.readFile(chunk));
    else problems.push(...(await checkChunks(reader, table, [chunk])));
    onProgress?.(at + 1, chosen.length);
  }
  return { problems, checked: 'sample', bytes: sizeOf(chosen.map(({ chunk }) => chunk)) };
}

/** A part of a list, at least one of it, chosen by chance. */
function choose<T>(list: readonly T[], part: number, random: Random | undefined): T[] {
  const wanted = Math.min(list.length, Math.max(1, Math.ceil(list.length * part)));
  const order = [...list];
  for (let at = 0; at < wanted; at += 1) {
    const number = Buffer.from(random?.bytes(6) ?? Buffer.alloc(6)).readUIntBE(0, 6);
    const other = at + (number % (order.length - at));
    const [first, second] = [order[at], order[other]];
    if (first === undefined || second === undefined) break;
    order[at] = second;
    order[other] = first;
  }
  return order.slice(0, wanted);
}

function refuse(found: FoundBackup, error: ReferralError): BackupVerification {
  const problems = [{ file: manifestName(found.id), problem: error.reason ?? error.message }];
  const nothing = { tables: 0, rows: 0, chunks: 0, bytes: found.bytes.length, problems };
  const location = found.store.locate(manifestName(found.id));
  return { id: found.id, location, intact: false, checked: 'everything', ...nothing };
}

function tryManifest(found: FoundBackup): Manifest | ReferralError {
  try {
    return readManifest(found);
  } catch (error) {
    if (error instanceof ReferralError) return error;
    throw error;
  }
}

function sizeOf(files: readonly Pick<ManifestChunk, 'bytes'>[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
