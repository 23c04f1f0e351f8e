import { sha256 } from '../canonical-json.ts';
import { releaseBytes } from '../release-bytes.ts';
import { ArchiveReader, DamagedChunk } from './archive-reader.ts';
import { type BackupStore, chunkName } from './backup-store.ts';
import { contentHash } from './content-hash.ts';
import type { Seal } from './encryption.ts';
import type { KnownChunks } from './known-chunks.ts';
import type { ManifestChunk, ManifestFile } from './manifest.ts';
import type { RowText } from './rows/row-text.ts';
import { compress } from './zstd.ts';

// Smaller files are not worth a second one to read them by.
const LEAST_BASE_BYTES = 2_048;
// A chunk that has changed by more than this part of its base becomes complete in itself again.
const MOST_OF_BASE = 0.5;

export interface WrittenChunk {
  readonly chunk: ManifestChunk;
  /** Bytes that were not in the store before. */
  readonly newBytes: number;
}

export interface WhereChunkStands {
  /** The same for the same part of a table in every backup. */
  readonly place: string;
  /** May the manifest say where in its table the chunk begins? */
  readonly tellsGroup: boolean;
}

export interface Encrypting {
  readonly seal: Seal;
  /** The key of content hashes. */
  readonly key: Buffer;
}

/** Writes rows into a store: those that it holds already not at all, those that changed as what changed. */
export class ChunkWriter {
  readonly #store: BackupStore;
  readonly #known: KnownChunks;
  readonly #encrypting: Encrypting | undefined;
  readonly #reader: ArchiveReader;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(store: BackupStore, known: KnownChunks, encrypting: Encrypting | undefined) {
    this.#store = store;
    this.#known = known;
    this.#encrypting = encrypting;
    this.#reader = ArchiveReader.forFiles(store, { encryption: null });
  }

  async write(
    { raw, rows, group: found, ...text }: RowText,
    { place, tellsGroup }: WhereChunkStands,
  ): Promise<WrittenChunk> {
    const group = tellsGroup ? found : null;
    const content = text.content ?? contentHash(this.#encrypting?.key, raw);
    const known = this.#known.findContent(content);
    if (known !== undefined && (await this.holds(known))) return { chunk: known, newBytes: 0 };
    const described = { raw_bytes: raw.length, rows, content };
    if (this.#encrypting !== undefined) {
      const bytes = await this.#encrypting.seal.encrypt(await compress(raw));
      const { file } = await this.#put(bytes);
      return { chunk: { ...file, ...described, group, base: null }, newBytes: file.bytes };
    }
    const { bytes, base } = (await this.#inTurn(() => this.#compressChange(raw, place))) ?? {
      bytes: await compress(raw),
      base: null,
    };
    const { file, isNew } = await this.#put(bytes);
    return { chunk: { ...file, ...described, group, base }, newBytes: isNew ? file.bytes : 0 };
  }

  /** Does the store hold the files of this chunk? */
  async holds({ sha256: hash, bytes, base }: ManifestChunk): Promise<boolean> {
    const files = base === null ? [{ sha256: hash, bytes }] : [base, { sha256: hash, bytes }];
    for (const file of files) {
      if (!(await this.#store.holds(chunkName(file.sha256, this.#encrypting !== undefined), file)))
        return false;
    }
    return true;
  }

  // To compress against a base takes 30 MB: one chunk at a time.
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** The rows, compressed against those that stood in their place; undefined when that is not worth it. */
  async #compressChange(
    raw: Buffer,
    place: string,
  ): Promise<{ readonly bytes: Buffer; readonly base: ManifestFile } | undefined> {
    const before = this.#known.findPlace(place);
    if (before === undefined) return undefined;
    const base = before.base ?? fileOf(before);
    if (base.bytes < LEAST_BASE_BYTES) return undefined;
    try {
      const dictionary = await this.#reader.readBase(base);
      const bytes = await compress(raw, dictionary);
      releaseBytes(dictionary);
      return bytes.length < base.bytes * MOST_OF_BASE ? { bytes, base } : undefined;
    } catch (error) {
      if (error instanceof DamagedChunk) return undefined;
      throw error;
    }
  }

  async #put(bytes: Buffer): Promise<{
    readonly file: Omit<ManifestFile, 'raw_bytes'>;
    readonly isNew: boolean;
  }> {
    const file = { sha256: sha256(bytes), bytes: bytes.length };
    const name = chunkName(file.sha256, this.#encrypting !== undefined);
    const isNew = this.#encrypting !== undefined || !(await this.#store.holds(name, file));
    if (isNew) await this.#store.put(name, bytes);
    return { file, isNew };
  }
}

function fileOf({ sha256: hash, bytes, raw_bytes }: ManifestChunk): ManifestFile {
  return { sha256: hash, bytes, raw_bytes };
}
