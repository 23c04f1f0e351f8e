import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import type { Database, Engine } from '../database/database.ts';
import type { DatabaseConfig } from '../database/database-config.ts';
import { type OpenOptions, openDatabase } from '../database/open-database.ts';
import { verifySchema } from '../database/verify-schema.ts';
import { ReferralError } from '../errors.ts';
import type { OnProgress } from '../progress.ts';
import type { Random } from '../random.ts';
import type { Instant } from '../time.ts';
import { buildRestored } from './build-restored.ts';
import { type CheckedArchive, checkArchive } from './check-archive.ts';
import { RESTORE_CHECKS } from './check-restored.ts';
import { countRows } from './create-backup.ts';
import { assertRoom } from './disk-room.ts';
import type { Unseal } from './encryption.ts';
import type { FoundBackup } from './find-backup.ts';
import { DRILL_SCHEMA } from './kept-name.ts';
import { insertRecord } from './record-queries.ts';
import { createSchema, dropSchema } from './schema-queries.ts';

export interface DrillOptions {
  /** The database that the drill is recorded in; on PostgreSQL the scratch database is a schema of it. */
  readonly database: Database;
  /** Its URL, with the password. */
  readonly url: string;
  readonly config: DatabaseConfig;
  readonly found: FoundBackup;
  readonly unseal?: Unseal | undefined;
  /** Where the scratch database of SQLite is made. */
  readonly scratch: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly run: Run;
  readonly programVersion: string;
  readonly onProgress?: OnProgress | undefined;
}

export interface DrilledBackup {
  readonly id: string;
  readonly created_at: Instant;
  readonly engine: Engine;
  readonly tables: Readonly<Record<string, number>>;
  /** What was compared in the scratch database. */
  readonly checks: readonly string[];
  readonly duration_ms: number;
}

/**
 * Restores a backup on trial, into a scratch database that is dropped whatever happens, checks it as a restore does, and puts on record
 * that it was done and how it ended. Throws what a restore throws.
 */
export async function drillBackup(options: DrillOptions): Promise<DrilledBackup> {
  const { database, clock, found, onProgress, unseal } = options;
  const started = clock.milliseconds();
  try {
    const archive = await checkArchive(found, { unseal, onProgress });
    await (database.engine === 'postgres' ? drillPostgres(archive, options) : drillSqlite(archive, options));
    const drilled = {
      id: found.id,
      created_at: archive.manifest.created_at,
      engine: database.engine,
      tables: countRows(archive.manifest.tables),
      checks: [...RESTORE_CHECKS, 'schema'],
      duration_ms: clock.milliseconds() - started,
    };
    await record(options, started, undefined);
    return drilled;
  } catch (error) {
    await record(options, started, error);
    throw error;
  }
}

async function drillSqlite(archive: CheckedArchive, options: DrillOptions): Promise<void> {
  const folder = await mkdtemp(join(options.scratch, 'referral-drill-'));
  try {
    const file = join(folder, 'drill.db');
    await assertRoom(file, archive.manifest);
    await build({ url: `sqlite:${file}`, create: true }, archive, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function drillPostgres(archive: CheckedArchive, options: DrillOptions): Promise<void> {
  const { database, url, config } = options;
  const lock = await database.tryLock('drill');
  if (lock === undefined) {
    throw new ReferralError('locked', 'Another drill is at work', {
      hint: 'Wait for it to end, then look: referral runs list',
    });
  }
  try {
    // What a killed drill may have left.
    await dropSchema(database.queries, DRILL_SCHEMA);
    await createSchema(database.queries, DRILL_SCHEMA);
    await build({ url, config, schema: DRILL_SCHEMA }, archive, options);
  } finally {
    await dropSchema(database.queries, DRILL_SCHEMA);
    await lock.release();
  }
}

async function build(
  target: Omit<OpenOptions, 'migrations'>,
  archive: CheckedArchive,
  options: DrillOptions,
): Promise<void> {
  const scratch = await openDatabase({ ...target, migrations: 'skip' });
  try {
    await buildRestored(scratch, { ...options, ...archive, id: options.found.id });
    const { drift } = await verifySchema(scratch);
    if (drift.length > 0) {
      throw new ReferralError('check_failed', 'The restored database is not as the migrations make it', {
        reason: drift.slice(0, 3).join('; '),
        hint: 'Tell the makers of this program: the backup is whole, its restore is not.',
      });
    }
  } finally {
    await scratch.close();
  }
}

async function record(options: DrillOptions, started: number, error: unknown): Promise<void> {
  const { database, clock, found, run } = options;
  const outcome = error === undefined ? 'done' : 'failed';
  const problem = error === undefined ? null : describe(error);
  await database.transaction(async (transaction) => {
    await insertRecord(transaction, {
      action: 'drilled',
      outcome,
      backup_id: found.id,
      store: found.store.location,
      rows: null,
      bytes: null,
      new_bytes: null,
      duration_ms: clock.milliseconds() - started,
      problem,
      run_id: run.id,
      recorded_at: clock.now(),
    });
    await appendAudit(transaction, clock, run, {
      action: 'backup.drilled',
      subject: found.id,
      details: { outcome, problem },
    });
  });
}

// The text of an error of the database may quote a row; its own errors do not.
function describe(error: unknown): string {
  return error instanceof ReferralError ? error.message : 'it failed by a bug, see the log of the run';
}
