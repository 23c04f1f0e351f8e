import { ReferralError } from '../errors.ts';
import { manifestName } from './backup-store.ts';
import { type FoundBackup, readManifest } from './find-backup.ts';
import type { Manifest } from './manifest.ts';
import { type ArchiveProblem, checkTable } from './read-table.ts';
import { assertZstd } from './zstd.ts';

export interface BackupVerification {
  readonly id: string;
  readonly location: string;
  readonly intact: boolean;
  readonly tables: number;
  readonly rows: number;
  readonly chunks: number;
  /** Bytes read. */
  readonly bytes: number;
  readonly problems: readonly ArchiveProblem[];
}

const ENOUGH = 100;

/** Reads every byte of a backup and compares it with what was written. */
export async function verifyBackup(
  found: FoundBackup,
  onProgress?: (done: number, total: number) => void,
): Promise<BackupVerification> {
  assertZstd();
  const location = found.store.locate(manifestName(found.id));
  const manifest = tryManifest(found);
  if (manifest instanceof ReferralError) {
    const problems = [{ file: manifestName(found.id), problem: manifest.reason ?? manifest.message }];
    return {
      id: found.id,
      location,
      intact: false,
      tables: 0,
      rows: 0,
      chunks: 0,
      bytes: found.bytes.length,
      problems,
    };
  }
  const problems: ArchiveProblem[] = [];
  const total = sum(manifest, ({ rows }) => rows);
  let done = 0;
  for (const table of manifest.tables) {
    problems.push(...(await checkTable(found.store, table)));
    done += table.rows;
    onProgress?.(done, total);
  }
  return {
    id: found.id,
    location,
    intact: problems.length === 0,
    tables: manifest.tables.length,
    rows: total,
    chunks: sum(manifest, ({ chunks }) => chunks.length),
    bytes:
      found.bytes.length +
      sum(manifest, ({ chunks }) => chunks.reduce((bytes, chunk) => bytes + chunk.bytes, 0)),
    problems: problems.slice(0, ENOUGH),
  };
}

function tryManifest(found: FoundBackup): Manifest | ReferralError {
  try {
    return readManifest(found);
  } catch (error) {
    if (error instanceof ReferralError) return error;
    throw error;
  }
}

function sum(manifest: Manifest, of: (table: Manifest['tables'][number]) => number): number {
  return manifest.tables.reduce((total, table) => total + of(table), 0);
}
