import type { BackupStore } from './backup-store.ts';
import { readListed } from './find-backup.ts';
import type { Manifest, ManifestChunk } from './manifest.ts';

const LOOKED_AT = 8;

/** A backup that is in the store. */
export interface KnownBackup {
  readonly id: string;
  readonly manifest: Manifest;
}

/** The chunks of an earlier backup of the same database, by what is in them and by where they stand. */
export class KnownChunks {
  readonly backup: KnownBackup | undefined;
  readonly #byContent = new Map<string, ManifestChunk>();
  readonly #byPlace = new Map<string, ManifestChunk>();

  constructor(backup: KnownBackup | undefined) {
    this.backup = backup;
    for (const { name, chunks } of backup?.manifest.tables ?? []) {
      const places = new Places(name);
      for (const chunk of chunks) {
        this.#byContent.set(chunk.content, chunk);
        if (chunk.group !== null) this.#byPlace.set(places.next(chunk.group), chunk);
      }
    }
  }

  findContent(content: string): ManifestChunk | undefined {
    return this.#byContent.get(content);
  }

  findPlace(place: string): ManifestChunk | undefined {
    return this.#byPlace.get(place);
  }
}

/** Names the places of a table's chunks, which are asked for in their order: a group that was too large for one has several. */
export class Places {
  readonly #table: string;
  #group: number | undefined;
  #part = 0;

  constructor(table: string) {
    this.#table = table;
  }

  next(group: number): string {
    this.#part = group === this.#group ? this.#part + 1 : 0;
    this.#group = group;
    return `${this.#table}/${group}/${this.#part}`;
  }
}

/**
 * What the newest backup of the same database holds, when it was encrypted to the same keys; nothing when there is none
 * among the newest few of the store.
 */
export async function findKnownChunks(
  store: BackupStore,
  instanceId: string,
  recipients: readonly string[],
): Promise<KnownChunks> {
  const files = (await store.list('manifests')).sort((a, b) => b.modified - a.modified);
  for (const { name } of files.slice(0, LOOKED_AT)) {
    const found = await readListed(store, name);
    if (found !== undefined && isAlike(found.manifest, instanceId, recipients)) return new KnownChunks(found);
  }
  return new KnownChunks(undefined);
}

function isAlike({ instance_id, encryption }: Manifest, id: string, recipients: readonly string[]): boolean {
  return instance_id === id && (encryption?.recipients ?? []).join() === recipients.join();
}
