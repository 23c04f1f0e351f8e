import { sha256 } from '../canonical-json.ts';
import { releaseBytes } from '../release-bytes.ts';
import { type BackupStore, chunkName } from './backup-store.ts';
import { contentHash } from './content-hash.ts';
import { openKey, type Unseal } from './encryption.ts';
import type { Manifest, ManifestChunk, ManifestFile } from './manifest.ts';
import { decompress } from './zstd.ts';

const AHEAD = 4;

/** Thrown inside this folder only; `verify` lists it, `restore` turns it into `input_unusable`. */
export class DamagedChunk extends Error {
  readonly file: string;

  constructor(file: string, message: string) {
    super(message);
    this.file = file;
  }
}

/** Reads the chunks of one backup, each checked byte for byte. */
export class ArchiveReader {
  readonly #store: BackupStore;
  readonly #isEncrypted: boolean;
  readonly #unseal: Unseal | undefined;
  readonly #key: Buffer | undefined;

  private constructor(store: BackupStore, isEncrypted: boolean, unseal?: Unseal, key?: Buffer) {
    this.#store = store;
    this.#isEncrypted = isEncrypted;
    this.#unseal = unseal;
    this.#key = key;
  }

  /** Throws `credential_missing`, `credential_refused` for an encrypted backup without its private key. */
  static async open(
    store: BackupStore,
    { encryption }: Pick<Manifest, 'encryption'>,
    unseal: Unseal | undefined,
  ): Promise<ArchiveReader> {
    if (encryption === null) return new ArchiveReader(store, false);
    return new ArchiveReader(store, true, unseal, await openKey(encryption, unseal));
  }

  /** One that can only compare files with their hashes, which needs no private key. */
  static forFiles(store: BackupStore, { encryption }: Pick<Manifest, 'encryption'>): ArchiveReader {
    return new ArchiveReader(store, encryption !== null);
  }

  /** The key of content hashes; undefined where they are plain SHA-256. */
  get key(): Buffer | undefined {
    return this.#key;
  }

  /** The bytes of a file, those that were written. Throws `DamagedChunk`. */
  async readFile({ sha256: hash, bytes: length }: Pick<ManifestFile, 'sha256' | 'bytes'>): Promise<Buffer> {
    const file = chunkName(hash, this.#isEncrypted);
    const bytes = await this.#store.read(file);
    if (bytes === undefined) throw new DamagedChunk(file, 'it is missing');
    if (bytes.length !== length) {
      throw new DamagedChunk(file, `it has ${bytes.length} bytes, ${length} were written`);
    }
    if (sha256(bytes) !== hash) throw new DamagedChunk(file, 'its bytes are not those that were written');
    return bytes;
  }

  /** The rows of a chunk as lines of JSON. Throws `DamagedChunk`. */
  async readChunk(chunk: ManifestChunk): Promise<Buffer> {
    const raw = await this.#unpackChunk(chunk);
    if (contentHash(this.#key, raw) !== chunk.content) throw this.#lies(chunk);
    return raw;
  }

  /** The rows in a file that is complete in itself. Throws `DamagedChunk`. */
  async readBase(file: ManifestFile): Promise<Buffer> {
    return this.#unpack(file);
  }

  /** The rows of the chunks one after the other, some of them read ahead. Throws `DamagedChunk`. */
  readChunks(chunks: readonly ManifestChunk[]): AsyncGenerator<Buffer> {
    return beginAhead(chunks, (chunk) => this.readChunk(chunk));
  }

  /**
   * The chunks of a backup that was checked, one after the other, some of them read ahead. Files with the same bytes as then hold the same rows, so only
   * those are compared. Throws `DamagedChunk`.
   */
  readChecked(chunks: readonly ManifestChunk[]): AsyncGenerator<Buffer> {
    return beginAhead(chunks, (chunk) => this.#unpackChunk(chunk));
  }

  async #unpackChunk(chunk: ManifestChunk): Promise<Buffer> {
    const base = chunk.base === null ? undefined : await this.#unpack(chunk.base);
    const raw = await this.#unpack(chunk, base);
    if (base !== undefined) releaseBytes(base);
    return raw;
  }

  /** The content of a file that is complete in itself, or with the rows that it was compressed against. */
  async #unpack(file: ManifestFile, dictionary?: Buffer): Promise<Buffer> {
    const bytes = await this.readFile(file);
    try {
      const packed = this.#unseal === undefined ? bytes : await this.#unseal.decrypt(bytes);
      const raw = await decompress(packed, file.raw_bytes, dictionary);
      if (raw.length === file.raw_bytes) return raw;
    } catch {
      // Told below: only a manifest that was made to lie comes here.
    }
    throw this.#lies(file);
  }

  #lies({ sha256: hash }: ManifestFile): DamagedChunk {
    return new DamagedChunk(chunkName(hash, this.#isEncrypted), 'it does not hold what the manifest says');
  }
}

/** What `read` makes of each of these, in their order, with some of them begun ahead. Who does not ask for one does not hear of its failure. */
export async function* beginAhead<T, U>(list: readonly T[], read: (one: T) => Promise<U>): AsyncGenerator<U> {
  const begun: Promise<U>[] = [];
  for (let at = 0; at < list.length || begun.length > 0; ) {
    for (; at < list.length && begun.length < AHEAD; at += 1) {
      const reading = read(list[at] as T);
      reading.catch(() => undefined);
      begun.push(reading);
    }
    yield (await begun.shift()) as U;
  }
}
