import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import type { Database, Queries } from '../database/database.ts';
import { getInstanceId } from '../database/instance-id-queries.ts';
import { findMeta, insertMetaOnce } from '../database/meta-queries.ts';
import { migrationChecksum } from '../database/migrate-database.ts';
import { MIGRATIONS } from '../database/migrations-list.ts';
import type { OpenOptions } from '../database/open-database.ts';
import { ReferralError } from '../errors.ts';
import { type Random, systemRandom } from '../random.ts';
import { findLastIds, listFilled } from './archive-queries.ts';
import { type ArchiveTable, listArchiveTables } from './archive-tables.ts';
import { type BackupStore, chunkName, manifestName } from './backup-store.ts';
import { ChunkWriter, type Encrypting } from './chunk-writer.ts';
import { createSeal } from './encryption.ts';
import { findUnchanged, type Unchanged } from './find-unchanged.ts';
import { findKnownChunks, type KnownChunks } from './known-chunks.ts';
import { FORMAT_VERSION, formatManifest, listFiles, type Manifest, type ManifestTable } from './manifest.ts';
import { insertRecord } from './record-queries.ts';
import { findMoment, type Moment } from './row-age-queries.ts';
import { type Parts, type Rows, usingRows } from './rows/using-rows.ts';
import { findMarks, saveMark } from './snapshot-marks.ts';
import { claimForCreate } from './store-claim.ts';
import { writeTable } from './write-table.ts';
import { assertZstd } from './zstd.ts';

export interface CreateBackupOptions {
  readonly database: Database;
  /** How it was opened: with it several threads read large tables. */
  readonly opening?: OpenOptions;
  /** The key from which on a table is large. */
  readonly threadsFrom?: number;
  /** How many threads; by the processors when absent. */
  readonly threads?: number;
  readonly store: BackupStore;
  readonly clock: Clock;
  readonly programVersion: string;
  /** Public keys of age to encrypt to; not encrypted without any. */
  readonly encryptTo?: readonly string[];
  readonly random?: Random;
  /** Whose work it is, for the record of the backup. */
  readonly run?: Run;
  /** Aborted: stop after the chunk in hand; no backup is left. */
  readonly signal?: AbortSignal;
  /** Rows written so far. */
  readonly onProgress?: (rows: number) => void;
}

export interface CreatedBackup {
  readonly id: string;
  /** Where the manifest lies; verify, show and restore take its path in place of the id. */
  readonly location: string;
  readonly tables: Readonly<Record<string, number>>;
  /** Bytes of the whole backup in the store. */
  readonly bytes: number;
  /** Bytes of it that were not in the store before. */
  readonly new_bytes: number;
  readonly duration_ms: number;
}

const BACKUP_KEY = 'backup_key';

/**
 * Writes one consistent snapshot of the database into the store and puts it on record. The manifest comes last: what was
 * killed before is no backup. Throws `interrupted`, `usage` for what is no public key, `configuration_invalid` or
 * `provider_unreachable` when the store fails, and `state_forbids` where the runtime has no zstd.
 */
export async function createBackup(options: CreateBackupOptions): Promise<CreatedBackup> {
  assertZstd();
  const { database, store, clock, random = systemRandom, signal } = options;
  const started = clock.milliseconds();
  const encrypting = await prepareEncryption(database, random, options.encryptTo ?? []);
  const claim = await claimForCreate({ store, clock, random, signal });
  try {
    const instanceId = await getInstanceId(database.queries);
    const known = await findKnownChunks(store, instanceId, encrypting?.seal.recipients ?? []);
    const tables = listArchiveTables();
    const { opening, threadsFrom: largeFrom, threads } = options;
    const writer = new ChunkWriter(store, known, encrypting);
    let since: Since | undefined;
    const choose = async (snapshot: Queries): Promise<Parts> => {
      since = await findSince(snapshot, { ...options, tables, known, writer });
      return new Map([...(since?.unchanged.tables ?? [])].map(([name, { others }]) => [name, others]));
    };
    const { manifest, newBytes } = await usingRows(
      { database, tables, key: encrypting?.key, opening, largeFrom, threads, choose },
      (rows) => writeSnapshot(rows, { ...options, tables, writer, encrypting, instanceId, since }),
    );
    await assertComplete(store, manifest);
    const { id, bytes } = formatManifest(manifest);
    await store.put(manifestName(id), bytes);
    const created = {
      id,
      location: store.locate(manifestName(id)),
      tables: countRows(manifest.tables),
      bytes: listFiles(manifest).reduce((sum, file) => sum + file.bytes, bytes.length),
      new_bytes: newBytes + bytes.length,
      duration_ms: clock.milliseconds() - started,
    };
    await record(options, created);
    if (since !== undefined) await leaveMark(database, id, since);
    return created;
  } finally {
    await claim.release();
  }
}

/** Rows by table. */
export function countRows(tables: readonly ManifestTable[]): Record<string, number> {
  return Object.fromEntries(tables.map(({ name, rows }) => [name, rows]));
}

// The key makes the same rows recognisable from one encrypted backup to the next, and only to those who have the database.
async function prepareEncryption(
  { queries }: Database,
  random: Random,
  recipients: readonly string[],
): Promise<Encrypting | undefined> {
  if (recipients.length === 0) return undefined;
  const seal = await createSeal(recipients);
  await insertMetaOnce(queries, BACKUP_KEY, Buffer.from(random.bytes(32)).toString('hex'));
  const key = (await findMeta(queries, BACKUP_KEY)) ?? '';
  return { seal, key: Buffer.from(key, 'hex') };
}

/** What has changed since the last backup into the same store. */
interface Since {
  readonly moment: Moment;
  readonly unchanged: Unchanged;
}

interface FindSinceOptions extends CreateBackupOptions {
  readonly tables: readonly ArchiveTable[];
  readonly known: KnownChunks;
  readonly writer: ChunkWriter;
}

async function findSince(snapshot: Queries, options: FindSinceOptions): Promise<Since | undefined> {
  const { tables, known, writer, programVersion, clock } = options;
  const moment = await findMoment(snapshot, tables);
  if (moment === undefined) return undefined;
  const unchanged = await findUnchanged(snapshot, {
    ...{ tables, moment, programVersion, now: clock.now() },
    marks: await findMarks(snapshot),
    known: known.backup,
    holds: (chunk) => writer.holds(chunk),
  });
  return { moment, unchanged };
}

async function leaveMark(database: Database, backup: string, { moment, unchanged }: Since): Promise<void> {
  const { origin, ended } = moment;
  await database.transaction((transaction) =>
    saveMark(transaction, { backup, read_at: unchanged.readAt, origin, ended }),
  );
}

interface SnapshotOptions extends CreateBackupOptions {
  readonly writer: ChunkWriter;
  readonly since: Since | undefined;
  readonly encrypting: Encrypting | undefined;
  readonly instanceId: string;
  readonly tables: readonly ArchiveTable[];
}

async function writeSnapshot(
  rows: Rows,
  options: SnapshotOptions,
): Promise<{ manifest: Manifest; newBytes: number }> {
  const { database, clock, programVersion, signal, onProgress, writer, encrypting, since } = options;
  const { snapshot } = rows;
  const createdAt = clock.now();
  const tables: ManifestTable[] = [];
  const filled = await listFilled(snapshot, options.tables);
  const lastIds = await findLastIds(snapshot, options.tables);
  let newBytes = 0;
  let done = 0;
  for (const table of options.tables) {
    const written = await writeTable({
      rows,
      table,
      isEmpty: !filled.has(table.name),
      lastId: lastIds.get(table.name) ?? null,
      writer,
      key: encrypting?.key,
      unchanged: since?.unchanged.tables.get(table.name),
      onRows: (more) => {
        if (signal?.aborted === true) throw interrupted();
        done += more;
        onProgress?.(done);
      },
    });
    tables.push(written.table);
    newBytes += written.newBytes;
  }
  const manifest: Manifest = {
    format: 'referral-backup',
    format_version: FORMAT_VERSION,
    program_version: programVersion,
    created_at: createdAt,
    engine: database.engine,
    database: database.name,
    instance_id: options.instanceId,
    migrations: MIGRATIONS.map((migration) => ({
      name: migration.name,
      sqlite: migrationChecksum(migration, 'sqlite'),
      postgres: migrationChecksum(migration, 'postgres'),
    })),
    audit: readAuditHead(await findMeta(snapshot, 'audit_head')),
    encryption: await describeEncryption(encrypting),
    tables,
  };
  return { manifest, newBytes };
}

async function describeEncryption(encrypting: Encrypting | undefined): Promise<Manifest['encryption']> {
  if (encrypting === undefined) return null;
  const key = await encrypting.seal.encrypt(encrypting.key);
  return { scheme: 'age', recipients: [...encrypting.seal.recipients], key: key.toString('base64') };
}

/** A store that vanished half-way, or lost what was written, has no backup to name. */
async function assertComplete(store: BackupStore, manifest: Manifest): Promise<void> {
  const sizes = new Map((await store.list('chunks')).map(({ name, bytes }) => [name, bytes]));
  const missing = listFiles(manifest)
    .map(({ sha256, bytes }) => ({ name: chunkName(sha256, manifest.encryption !== null), bytes }))
    .filter(({ name, bytes }) => sizes.get(name) !== bytes);
  if (missing.length === 0) return;
  throw new ReferralError('provider_unreachable', `The backup can't be completed in ${store.location}`, {
    reason: `${missing.length} of its files are no longer there, as ${missing[0]?.name}`,
    hint: 'See that the store is there, as a disk that was mounted, and start again: what is there is used again.',
  });
}

async function record({ database, clock, store, run }: CreateBackupOptions, created: CreatedBackup) {
  await insertRecord(database.queries, {
    action: 'created',
    outcome: 'done',
    backup_id: created.id,
    store: store.location,
    rows: Object.values(created.tables).reduce((sum, rows) => sum + rows, 0),
    bytes: created.bytes,
    new_bytes: created.new_bytes,
    duration_ms: created.duration_ms,
    problem: null,
    run_id: run?.id ?? null,
    recorded_at: clock.now(),
  });
}

function readAuditHead(mark: string | undefined): Manifest['audit'] {
  const [sequence, hash] = mark?.split(':') ?? [];
  return hash === undefined ? null : { sequence: Number(sequence), hash };
}

function interrupted(): ReferralError {
  return new ReferralError('interrupted', 'The backup was not finished', {
    hint: 'Start it again: what was written already is used again.',
  });
}
