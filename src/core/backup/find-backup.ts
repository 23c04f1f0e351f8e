import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, resolve } from 'node:path';
import { ReferralError } from '../errors.ts';
import type { Random } from '../random.ts';
import type { Instant } from '../time.ts';
import { type BackupStore, manifestName } from './backup-store.ts';
import { damaged, type Manifest, parseManifest } from './manifest.ts';
import { createFolderStore } from './stores/folder-store.ts';
import type { S3Settings } from './stores/s3-errors.ts';
import { createS3Store } from './stores/s3-store.ts';

export interface FoundBackup {
  readonly id: string;
  readonly store: BackupStore;
  /** The bytes of its manifest, not looked at yet. */
  readonly bytes: Buffer;
}

const ID = /^[0-9a-f]{64}$/;
const PART_OF_ID = /^[0-9a-f]{8,63}$/;
const SCHEME = /^([a-z][a-z0-9+.-]+):\/\//i;

/**
 * The store of a location: a folder, or `s3://BUCKET/PREFIX`. Nothing is read yet. Throws `configuration_invalid` for what
 * this version can't use.
 */
export function openStore(
  location: string,
  directory: string,
  random: Random,
  s3: S3Settings = {},
): BackupStore {
  const scheme = SCHEME.exec(location)?.[1]?.toLowerCase();
  if (scheme === 's3') return createS3Store(location, s3);
  if (scheme !== undefined) {
    throw new ReferralError('configuration_invalid', `Backups can't be kept at ${scheme}://…`, {
      reason: 'this version keeps them in a folder or in S3',
      hint: 'Name a folder or s3://BUCKET/PREFIX with --to or --from, or in backup.store of the configuration.',
    });
  }
  return createFolderStore(isAbsolute(location) ? location : resolve(directory, location), random);
}

/**
 * Finds a backup by its id, the first eight or more digits of it, `latest`, or the path of its manifest. Throws
 * `not_found`.
 */
export async function findBackup(
  text: string,
  store: BackupStore,
  directory: string,
  random: Random,
): Promise<FoundBackup> {
  if (ID.test(text)) return readFound(text, store);
  if (text === 'latest') return findNewest(store);
  if (PART_OF_ID.test(text)) return readFound(await completeId(text, store), store);
  return findByPath(resolve(directory, text), random);
}

/** The newest backup whose snapshot was taken at `at` or before; the newest of all without it. Throws `not_found`. */
export async function findNewest(store: BackupStore, at?: Instant): Promise<FoundBackup> {
  let newest: { readonly id: string; readonly createdAt: Instant } | undefined;
  for (const id of await listIds(store)) {
    const createdAt = (await readListed(store, manifestName(id)))?.manifest.created_at;
    // A damaged one is not the newest that can be restored.
    if (createdAt === undefined || (at !== undefined && createdAt > at)) continue;
    if (newest === undefined || createdAt > newest.createdAt) newest = { id, createdAt };
  }
  if (newest !== undefined) return readFound(newest.id, store);
  const when = at === undefined ? '' : ` of ${at} or before`;
  throw notFound(`There is no backup${when} in ${store.location}`);
}

/** The manifest of a found backup. Throws `input_unusable` when it is damaged. */
export function readManifest({ id, bytes }: FoundBackup): Manifest {
  return parseManifest(bytes, id);
}

/** The id and the manifest of a listed file, or undefined when it is damaged, not of this version's format or gone. */
export async function readListed(
  store: BackupStore,
  name: string,
): Promise<{ readonly id: string; readonly manifest: Manifest } | undefined> {
  const id = idOf(name);
  const bytes = id === undefined ? undefined : await store.read(name);
  if (id === undefined || bytes === undefined) return undefined;
  try {
    return { id, manifest: parseManifest(bytes, id) };
  } catch (error) {
    if (error instanceof ReferralError) return undefined;
    throw error;
  }
}

/** The ids of a store, sorted. */
export async function listIds(store: BackupStore): Promise<string[]> {
  const files = await store.list('manifests');
  return files.flatMap(({ name }) => idOf(name) ?? []);
}

function idOf(name: string): string | undefined {
  return /^manifests\/([0-9a-f]{64})\.json$/.exec(name)?.[1];
}

async function readFound(id: string, store: BackupStore): Promise<FoundBackup> {
  const bytes = await store.read(manifestName(id));
  if (bytes !== undefined) return { id, store, bytes };
  throw notFound(`There is no backup ${id} in ${store.location}`);
}

async function completeId(start: string, store: BackupStore): Promise<string> {
  const ids = (await listIds(store)).filter((id) => id.startsWith(start));
  if (ids.length === 1 && ids[0] !== undefined) return ids[0];
  throw notFound(
    ids.length === 0
      ? `There is no backup ${start}… in ${store.location}`
      : `Several backups begin with ${start}; type more of the id`,
  );
}

async function findByPath(path: string, random: Random): Promise<FoundBackup> {
  const kind = await stat(path).catch(() => undefined);
  if (kind === undefined) return findInFolder(path, random);
  const file = kind.isDirectory() ? await onlyManifest(path) : path;
  const id = basename(file, '.json');
  if (!ID.test(id))
    throw damaged('the file of a manifest is named after its SHA-256, and this one is not', id);
  const folder = dirname(file);
  const root = basename(folder) === 'manifests' ? dirname(folder) : folder;
  return readFound(id, createFolderStore(root, random));
}

/** `backups/ID`: a store and an id in it, which is no path of a file. */
async function findInFolder(path: string, random: Random): Promise<FoundBackup> {
  const id = basename(path, '.json');
  if (!ID.test(id)) throw notFound(`There is no backup ${path}`);
  return readFound(id, createFolderStore(dirname(path), random));
}

async function onlyManifest(folder: string): Promise<string> {
  const names = await readdir(resolve(folder, 'manifests')).catch(() => []);
  const files = names.filter((name) => name.endsWith('.json'));
  if (files.length === 1 && files[0] !== undefined) return resolve(folder, 'manifests', files[0]);
  throw notFound(
    files.length === 0
      ? `There is no backup in ${folder}`
      : `There are several backups in ${folder}; name one by its id`,
  );
}

function notFound(message: string): ReferralError {
  return new ReferralError('not_found', message, { hint: 'See: referral backup list [--from DIR|s3://…]' });
}
