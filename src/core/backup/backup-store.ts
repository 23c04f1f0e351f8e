/** A file in a store. */
export interface StoredFile {
  /** From the root of the store on: `chunks/ab/<sha256>.zst`. */
  readonly name: string;
  readonly bytes: number;
  /** When it was last written, in milliseconds since the epoch, by the clock of the store. */
  readonly modified: number;
}

/**
 * Where backups lie. Names are made by this program: `manifests/<id>.json`, `chunks/ab/<sha256>.zst`, and for notes beside
 * them `verified/<id>.json`, `working/<name>.json`.
 */
export interface BackupStore {
  /** What a person types after `--from`. */
  readonly location: string;
  /** Where a file of that name lies, for people. */
  locate(name: string): string;
  /** Writes a file, complete and durable or not at all. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** The bytes of a file, or undefined when it is not there. */
  read(name: string): Promise<Buffer | undefined>;
  /** Is there a file with these bytes? As sure as the store can tell without sending it. */
  holds(name: string, file: { readonly sha256: string; readonly bytes: number }): Promise<boolean>;
  /** Every file below a folder of the store, sorted by name. */
  list(folder: string): Promise<StoredFile[]>;
  /** Removes files; one that is not there is no error. */
  remove(names: readonly string[]): Promise<void>;
  /** Removes what writes that were cut short have left, when it is older than this time, by the clock of the store. */
  sweep(before: number): Promise<void>;
}

/** The name of the file with the manifest of a backup. */
export function manifestName(id: string): string {
  return `manifests/${id}.json`;
}

/** The name of the file of a chunk; the hash has been checked to be one. */
export function chunkName(hash: string, isEncrypted: boolean): string {
  return `chunks/${hash.slice(0, 2)}/${hash}.zst${isEncrypted ? '.age' : ''}`;
}

/** The hash in the name of a chunk's file, or undefined for a file that is none. */
export function hashOfChunk(name: string): string | undefined {
  return /^chunks\/[0-9a-f]{2}\/([0-9a-f]{64})\.zst(?:\.age)?$/.exec(name)?.[1];
}
