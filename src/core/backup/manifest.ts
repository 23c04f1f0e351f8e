import { z } from 'zod';
import { canonicalJson, sha256 } from '../canonical-json.ts';
import { ReferralError } from '../errors.ts';

export const FORMAT_VERSION = 2;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().min(0);
const name = z.string().regex(/^[a-z_][a-z0-9_]*$/);

const columnType = z.enum(['id', 'text', 'time', 'integer', 'real', 'flag', 'json']);

// Beyond this a manifest lies: a chunk ends after the row with which it has four megabytes.
const MOST_RAW_BYTES = 256 * 1024 * 1024;
const rawBytes = count.max(MOST_RAW_BYTES);

const chunkSchema = z.strictObject({
  /** SHA-256 of the chunk's file, which is also its name: nothing in a manifest is ever a path. */
  sha256: hash,
  /** Bytes of the file. */
  bytes: count,
  /** Bytes of the rows in it, uncompressed. */
  raw_bytes: rawBytes,
  rows: count,
  /** SHA-256 of the rows in it, uncompressed, by which a later backup finds it again; of an encrypted one HMAC-SHA256. */
  content: hash,
  /** Where in the table it begins; null in an encrypted backup unless the table's keys are numbers. */
  group: count.nullable(),
  /** The file with the rows that its own are compressed against; null for a file that is complete in itself. */
  base: z.strictObject({ sha256: hash, bytes: count, raw_bytes: rawBytes }).nullable(),
});

const tableSchema = z.strictObject({
  name,
  /** In the file `name type`, to keep it short: it is written anew with every backup. */
  columns: z.array(
    z
      .string()
      .transform(parseColumn)
      .pipe(z.strictObject({ name, type: columnType })),
  ),
  rows: count,
  /** Bytes of all rows, uncompressed. */
  bytes: count,
  /** The hash of the `content` of its chunks (`tableHash`): the same on every engine for the same content. */
  sha256: hash,
  /** The highest key that was ever given out, so that none is given twice; null for tables without such keys. */
  last_id: count.nullable(),
  chunks: z.array(chunkSchema),
});

const encryptionSchema = z.strictObject({
  scheme: z.literal('age'),
  /** Public keys that the files are encrypted to, sorted. */
  recipients: z.array(z.string().regex(/^age1[0-9a-z]+$/)).min(1),
  /** The key of `content` and of the tables' hashes, encrypted to them, in base64. */
  key: z.base64(),
});

const manifestSchema = z.strictObject({
  format: z.literal('referral-backup'),
  format_version: z.number().int().min(1),
  program_version: z.string(),
  /** The moment of the snapshot, as the clock of the machine said. */
  created_at: z.string(),
  engine: z.enum(['sqlite', 'postgres']),
  /** Name of the database that was backed up. */
  database: z.string(),
  instance_id: z.string(),
  /** The migrations of the database, and their checksums on both engines. A restore applies the same ones before it loads. */
  migrations: z.array(z.strictObject({ name: z.string(), sqlite: hash, postgres: hash })),
  audit: z.strictObject({ sequence: count, hash }).nullable(),
  encryption: encryptionSchema.nullable(),
  tables: z.array(tableSchema),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestTable = Manifest['tables'][number];
export type ManifestChunk = z.infer<typeof chunkSchema>;
export type ManifestEncryption = z.infer<typeof encryptionSchema>;

/** A file of a backup, as its manifest tells of it. */
export type ManifestFile = Pick<ManifestChunk, 'sha256' | 'bytes' | 'raw_bytes'>;

/** The files of a backup, each once, in the order of their first use. */
export function listFiles(manifest: Manifest): ManifestFile[] {
  const files = new Map<string, ManifestFile>();
  for (const { chunks } of manifest.tables) {
    for (const chunk of chunks) {
      const { base, sha256: name, bytes, raw_bytes } = chunk;
      if (base !== null) files.set(base.sha256, base);
      files.set(name, { sha256: name, bytes, raw_bytes });
    }
  }
  return [...files.values()];
}

/** The bytes of a manifest; their SHA-256 is the id of the backup. */
export function formatManifest(manifest: Manifest): { id: string; bytes: Buffer } {
  const tables = manifest.tables.map((table) => ({
    ...table,
    columns: table.columns.map((column) => `${column.name} ${column.type}`),
  }));
  const text = canonicalJson({ ...manifest, tables });
  return { id: sha256(text), bytes: Buffer.from(text) };
}

/** Reads the manifest of the backup `id`. Throws `input_unusable` unless its bytes are exactly those that were written. */
export function parseManifest(bytes: Uint8Array, id: string): Manifest {
  if (sha256(bytes) !== id) throw damaged('its manifest is not the one that was written', id);
  const document = parseJson(bytes, id);
  const version = (document as { format_version?: unknown } | null)?.format_version;
  if (typeof version === 'number' && version > FORMAT_VERSION) {
    throw new ReferralError(
      'input_unusable',
      `The backup ${id} was made by a newer version of this program`,
      {
        reason: `its format is ${version}; this version reads up to ${FORMAT_VERSION}`,
        hint: 'Install the version of referral that made it.',
        details: { format_version: version },
      },
    );
  }
  if (typeof version === 'number' && version < FORMAT_VERSION) {
    throw new ReferralError(
      'input_unusable',
      `The backup ${id} was made by a version before the first that was released`,
      {
        reason: `its format is ${version}; this version reads format ${FORMAT_VERSION}`,
        hint: 'Restore it with the version that made it, and back up again.',
        details: { format_version: version },
      },
    );
  }
  const result = manifestSchema.safeParse(document);
  if (!result.success)
    throw damaged(`its manifest says what it can't: ${result.error.issues[0]?.message}`, id);
  return result.data;
}

function parseColumn(text: string): { readonly name: string; readonly type: string } {
  const [column = '', type = '', ...more] = text.split(' ');
  return { name: column, type: more.length > 0 ? '' : type };
}

function parseJson(bytes: Uint8Array, id: string): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw damaged('its manifest is not JSON', id);
  }
}

/** The error of an archive that is not what was written. */
export function damaged(reason: string, id: string, problems: readonly unknown[] = []): ReferralError {
  return new ReferralError('input_unusable', `The backup ${id} is damaged`, {
    reason,
    hint: `Nothing was changed. See what is left: referral backup list, referral backup verify ${id}`,
    details: { backup: id, problems },
  });
}
