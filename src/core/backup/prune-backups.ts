import type { Clock } from '../clock.ts';
import { ReferralError } from '../errors.ts';
import { type OnProgress, tellProgress } from '../progress.ts';
import type { Random } from '../random.ts';
import { type BackupStore, hashOfChunk, manifestName, type StoredFile } from './backup-store.ts';
import { listIds, readListed } from './find-backup.ts';
import { listFiles, type Manifest } from './manifest.ts';
import { type PruneDecision, type PrunePolicy, planPrune } from './plan-prune.ts';
import { type Claim, claimForPrune } from './store-claim.ts';
import { forgetVerified, listVerified } from './verified-notes.ts';

export interface PruneOptions {
  readonly store: BackupStore;
  readonly policy: PrunePolicy;
  readonly clock: Clock;
  readonly random: Random;
  readonly timezone: string;
  readonly dryRun: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Hears of files that are removed. */
  readonly onProgress?: OnProgress | undefined;
  /** For tests, see `store-claim.ts`. */
  readonly staleMs?: number;
}

export interface PruneResult {
  readonly store: string;
  readonly kept: number;
  readonly removed: number;
  readonly backups: readonly PruneDecision[];
  /** Files that no backup needs, and their bytes. */
  readonly files_removed: number;
  readonly bytes_freed: number;
  /** Why files that no backup needs were left for the next time; null when they were not. */
  readonly files_left: string | null;
  readonly dry_run: boolean;
}

const AT_ONCE = 200;
// A claim that was not renewed for so long may soon count for nothing; until then nobody makes a backup.
const OLDEST_CLAIM_MS = 30_000;
const ABANDONED_MS = 3_600_000;

/**
 * Removes backups that the policy does not keep, and then the files that no backup needs any more. Killed at any moment every backup
 * that is left is whole, and the next run removes the rest. Throws `usage` for a policy that keeps nothing.
 */
export async function pruneBackups(options: PruneOptions): Promise<PruneResult> {
  const { store, policy, clock, timezone, dryRun } = options;
  if (Object.values(policy).every((count) => count === undefined || count === 0)) {
    throw new ReferralError('usage', 'Which backups are to be kept?', {
      hint: 'Say it: --keep-daily 7 --keep-weekly 5 --keep-monthly 12, or --keep-last 10, or --keep-within 30d.',
    });
  }
  const { manifests, unreadable } = await readManifests(store);
  const verified = await listVerified(store);
  const candidates = [...manifests].map(([id, { created_at, instance_id }]) => ({
    id,
    created_at,
    instance_id,
    verified: verified.has(id),
  }));
  const backups = planPrune(candidates, policy, { now: clock.now(), timezone });
  const doomed = backups.flatMap(({ id, action }) => (action === 'remove' ? [id] : []));
  if (!dryRun) await removeManifests(store, doomed);
  const files =
    unreadable.length > 0
      ? { ...NOTHING, files_left: explainUnreadable(unreadable) }
      : await collect(options, new Set(doomed));
  return {
    store: store.location,
    kept: backups.length - doomed.length,
    removed: doomed.length,
    backups,
    ...files,
    dry_run: dryRun,
  };
}

type Collected = Pick<PruneResult, 'files_removed' | 'bytes_freed' | 'files_left'>;
const NOTHING: Collected = { files_removed: 0, bytes_freed: 0, files_left: null };

// Oldest first, so that what a kill leaves is what a smaller policy would have kept.
async function removeManifests(store: BackupStore, newestFirst: readonly string[]): Promise<void> {
  for (const id of newestFirst.toReversed()) await store.remove([manifestName(id)]);
  await forgetVerified(store, newestFirst);
}

async function collect(options: PruneOptions, doomed: ReadonlySet<string>): Promise<Collected> {
  const { store, dryRun } = options;
  if (dryRun) return count(await listRubbish(store, doomed));
  const claim = await claimForPrune(options);
  if (claim === undefined) {
    return { ...NOTHING, files_left: 'a backup is being made: the next prune removes them' };
  }
  try {
    // Only now, since a backup may have been completed meanwhile.
    const rubbish = await listRubbish(store, new Set());
    const files_left = await removeFiles(rubbish, claim, options);
    const newest = Math.max(0, ...(await store.list('working')).map(({ modified }) => modified));
    await store.sweep(newest - ABANDONED_MS);
    return files_left === null ? count(rubbish) : { ...NOTHING, files_left };
  } finally {
    await claim.release();
  }
}

async function removeFiles(
  rubbish: readonly StoredFile[],
  claim: Claim,
  { store, signal, onProgress }: PruneOptions,
): Promise<string | null> {
  for (let start = 0; start < rubbish.length; start += AT_ONCE) {
    await tellProgress(onProgress, start, rubbish.length);
    if (signal?.aborted === true) return 'interrupted: the next prune removes the rest';
    if (claim.age() > OLDEST_CLAIM_MS)
      return 'the store was away for too long: the next prune removes the rest';
    await store.remove(rubbish.slice(start, start + AT_ONCE).map(({ name }) => name));
  }
  return null;
}

/** The files that none of the backups needs, those of `doomed` not counted. Throws when a manifest can't be read any more. */
async function listRubbish(store: BackupStore, doomed: ReadonlySet<string>): Promise<StoredFile[]> {
  const needed = new Set<string>();
  const { manifests, unreadable } = await readManifests(store);
  if (unreadable.length > 0) return [];
  for (const [id, manifest] of manifests) {
    if (doomed.has(id)) continue;
    for (const { sha256 } of listFiles(manifest)) needed.add(sha256);
  }
  return (await store.list('chunks')).filter(({ name }) => {
    const hash = hashOfChunk(name);
    return hash !== undefined && !needed.has(hash);
  });
}

async function readManifests(
  store: BackupStore,
): Promise<{ readonly manifests: ReadonlyMap<string, Manifest>; readonly unreadable: readonly string[] }> {
  const manifests = new Map<string, Manifest>();
  const unreadable: string[] = [];
  for (const id of await listIds(store)) {
    const manifest = (await readListed(store, manifestName(id)))?.manifest;
    if (manifest === undefined) unreadable.push(id);
    else manifests.set(id, manifest);
  }
  return { manifests, unreadable };
}

function explainUnreadable(ids: readonly string[]): string {
  return `nobody can tell which files ${ids[0]} needs, as its manifest is damaged or not of this version of the program; remove that file, or use the version of referral that wrote it`;
}

function count(files: readonly StoredFile[]): Collected {
  return {
    files_removed: files.length,
    bytes_freed: files.reduce((sum, { bytes }) => sum + bytes, 0),
    files_left: null,
  };
}
