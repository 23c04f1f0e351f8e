import { ReferralError } from '../errors.ts';
import { type BackupStore, manifestName } from './backup-store.ts';
import { listIds, readManifest } from './find-backup.ts';
import { FORMAT_VERSION, listFiles, type Manifest } from './manifest.ts';

export interface BackupRow {
  readonly id: string;
  readonly created_at: string | null;
  readonly database: string | null;
  readonly engine: string | null;
  readonly version: string | null;
  readonly rows: number | null;
  /** Bytes in the store, those shared with other backups included. */
  readonly bytes: number | null;
  /** `damaged` when the manifest itself is not what was written, `newer` and `older` when a version of the program wrote it that this one can't read; only `verify` reads the chunks. */
  readonly status: 'listed' | 'damaged' | 'newer' | 'older';
  readonly location: string;
}

/** The backups of a store, the newest first. */
export async function listBackups(store: BackupStore): Promise<BackupRow[]> {
  const rows: BackupRow[] = [];
  for (const id of await listIds(store)) {
    const bytes = await store.read(manifestName(id));
    if (bytes !== undefined) rows.push(describeListed({ id, store, bytes }));
  }
  return rows.sort((a, b) => ((a.created_at ?? '') < (b.created_at ?? '') ? 1 : -1));
}

/** What a manifest says, for people. */
export function describeManifest(id: string, location: string, manifest: Manifest) {
  const chunks = manifest.tables.flatMap((table) => table.chunks);
  return {
    id,
    created_at: manifest.created_at,
    database: manifest.database,
    engine: manifest.engine,
    program_version: manifest.program_version,
    version: manifest.migrations.at(-1)?.name ?? null,
    instance_id: manifest.instance_id,
    audit: manifest.audit,
    rows: manifest.tables.reduce((sum, table) => sum + table.rows, 0),
    bytes: listFiles(manifest).reduce((sum, file) => sum + file.bytes, 0),
    encrypted_to: manifest.encryption?.recipients ?? [],
    chunks: chunks.length,
    location,
    tables: Object.fromEntries(
      manifest.tables.map(({ name, rows, bytes, sha256 }) => [name, { rows, bytes, sha256 }]),
    ),
  };
}

function describeListed(found: { id: string; store: BackupStore; bytes: Buffer }): BackupRow {
  const { id, store } = found;
  const location = store.locate(manifestName(id));
  try {
    const { created_at, database, engine, version, rows, bytes } = describeManifest(
      id,
      location,
      readManifest(found),
    );
    return { id, created_at, database, engine, version, rows, bytes, status: 'listed', location };
  } catch (error) {
    if (!(error instanceof ReferralError)) throw error;
    const nothing = {
      created_at: null,
      database: null,
      engine: null,
      version: null,
      rows: null,
      bytes: null,
    };
    return { id, ...nothing, status: statusOf(error), location };
  }
}

function statusOf({ details }: ReferralError): BackupRow['status'] {
  const version = details?.['format_version'];
  if (typeof version !== 'number') return 'damaged';
  return version > FORMAT_VERSION ? 'newer' : 'older';
}
