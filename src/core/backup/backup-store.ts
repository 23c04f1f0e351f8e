/** Where backups lie. Names are made by this program: `manifests/<id>.json`, `chunks/ab/<sha256>.zst`. */
export interface BackupStore {
  /** What a person types after `--from`. */
  readonly location: string;
  /** Where a file of that name lies, for people. */
  locate(name: string): string;
  /** Writes a file, complete and durable or not at all. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** The bytes of a file, or undefined when it is not there. */
  read(name: string): Promise<Buffer | undefined>;
  /** Names of the files in a folder of the store, sorted. */
  list(folder: string): Promise<string[]>;
}

/** The name of the file with the manifest of a backup. */
export function manifestName(id: string): string {
  return `manifests/${id}.json`;
}

/** The name of the file of a chunk; the hash has been checked to be one. */
export function chunkName(hash: string): string {
  return `chunks/${hash.slice(0, 2)}/${hash}.zst`;
}
