import type { BackupStore } from './backup-store.ts';

const FOLDER = 'verified';

/** Notes in the store that every byte of a backup was found as it was written. A store that can only be read gets none. */
export async function noteVerified(store: BackupStore, id: string): Promise<void> {
  await store.put(noteName(id), Buffer.from('{}')).catch(() => undefined);
}

/** Takes back that a backup was found whole: it no longer is, or is gone. */
export async function forgetVerified(store: BackupStore, ids: readonly string[]): Promise<void> {
  await store.remove(ids.map(noteName)).catch(() => undefined);
}

/** The backups that were once found whole, with the time by the clock of the store, in milliseconds since the epoch. */
export async function listVerified(store: BackupStore): Promise<ReadonlyMap<string, number>> {
  const files = await store.list(FOLDER);
  return new Map(
    files.map(({ name, modified }) => [name.slice(FOLDER.length + 1).replace(/\.json$/, ''), modified]),
  );
}

function noteName(id: string): string {
  return `${FOLDER}/${id}.json`;
}
