import type { Clock } from '../clock.ts';
import type { Database, Queries } from '../database/database.ts';
import { findMeta } from '../database/meta-queries.ts';
import { migrationChecksum } from '../database/migrate-database.ts';
import { MIGRATIONS } from '../database/migrations-list.ts';
import { ReferralError } from '../errors.ts';
import { listArchiveTables } from './archive-tables.ts';
import { type BackupStore, manifestName } from './backup-store.ts';
import { FORMAT_VERSION, formatManifest, type Manifest, type ManifestTable } from './manifest.ts';
import { writeTable } from './write-table.ts';
import { assertZstd } from './zstd.ts';

export interface CreateBackupOptions {
  readonly database: Database;
  readonly store: BackupStore;
  readonly clock: Clock;
  readonly programVersion: string;
  /** Aborted: stop after the chunk in hand; no backup is left. */
  readonly signal?: AbortSignal;
  /** Rows written so far. */
  readonly onProgress?: (rows: number) => void;
}

export interface CreatedBackup {
  readonly id: string;
  /** The manifest's path; verify, show and restore take it in place of the id. */
  readonly location: string;
  readonly tables: Readonly<Record<string, number>>;
  /** Bytes of the whole backup in the store. */
  readonly bytes: number;
  /** Bytes of it that no earlier backup shares. */
  readonly new_bytes: number;
  readonly duration_ms: number;
}

/**
 * Writes one consistent snapshot of the database into the store. The manifest comes last: what was killed before is no
 * backup. Throws `interrupted`, and `state_forbids` where the runtime has no zstd.
 */
export async function createBackup(options: CreateBackupOptions): Promise<CreatedBackup> {
  assertZstd();
  const { database, store, clock } = options;
  const started = clock.milliseconds();
  const { manifest, newBytes } = await database.snapshot((snapshot) => writeSnapshot(snapshot, options));
  const { id, bytes } = formatManifest(manifest);
  await store.put(manifestName(id), bytes);
  const chunks = manifest.tables.flatMap((table) => table.chunks);
  return {
    id,
    location: store.locate(manifestName(id)),
    tables: countRows(manifest.tables),
    bytes: chunks.reduce((sum, chunk) => sum + chunk.bytes, bytes.length),
    new_bytes: newBytes + bytes.length,
    duration_ms: clock.milliseconds() - started,
  };
}

/** Rows by table. */
export function countRows(tables: readonly ManifestTable[]): Record<string, number> {
  return Object.fromEntries(tables.map(({ name, rows }) => [name, rows]));
}

async function writeSnapshot(
  snapshot: Queries,
  { database, store, clock, programVersion, signal, onProgress }: CreateBackupOptions,
): Promise<{ manifest: Manifest; newBytes: number }> {
  const createdAt = clock.now();
  const tables: ManifestTable[] = [];
  let newBytes = 0;
  let rows = 0;
  for (const table of listArchiveTables()) {
    const written = await writeTable(snapshot, table, store, (more) => {
      if (signal?.aborted === true) throw interrupted();
      rows += more;
      onProgress?.(rows);
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
    instance_id: (await findMeta(snapshot, 'instance_id')) ?? '',
    migrations: MIGRATIONS.map((migration) => ({
      name: migration.name,
      sqlite: migrationChecksum(migration, 'sqlite'),
      postgres: migrationChecksum(migration, 'postgres'),
    })),
    audit: readAuditHead(await findMeta(snapshot, 'audit_head')),
    tables,
  };
  return { manifest, newBytes };
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
