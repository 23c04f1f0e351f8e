import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { findMeta } from '../database/meta-queries.ts';
import { columnTypes } from '../database/migration.ts';
import { MIGRATIONS } from '../database/migrations-list.ts';
import { verifySchema } from '../database/verify-schema.ts';
import { readSharedTime } from '../delivery/shared-time.ts';
import { foreseeClockJump } from '../limits/clock-guard.ts';
import { addMilliseconds } from '../time.ts';
import { type Check, fail, ok, warn } from './check.ts';
import {
  countUnfinished,
  findNewestRun,
  findServerTime,
  findServerVersion,
  listDurability,
} from './doctor-queries.ts';

const HOUR_MS = 3_600_000;
const CLOCK_WARN_MS = 2_000;
const CLOCK_FAIL_MS = 60_000;

/** What makes a commit survive a power failure, and references hold. */
const DURABLE: Readonly<Record<Database['engine'], Readonly<Record<string, string>>>> = {
  sqlite: { journal_mode: 'wal', synchronous: '2', foreign_keys: '1' },
  postgres: { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on' },
};

export interface DatabaseChecks {
  readonly clock: Clock;
  /** Nothing may be written, not even the file of a lock. */
  readonly readOnly: boolean;
}

/** Everything that an open database can be asked about itself. Where it is not migrated, only what needs no tables. */
export async function checkDatabase(
  database: Database,
  { clock, readOnly }: DatabaseChecks,
): Promise<readonly Check[]> {
  const version = await findServerVersion(database.queries);
  const checks = [
    ok('database', `${version}, ${database.url}`),
    await checkDurability(database),
    ...(readOnly ? [] : [await checkLocks(database)]),
  ];
  const migrations = await checkMigrations(database);
  checks.push(...migrations);
  if (migrations.some(({ check, status }) => check === 'migrations' && status === 'fail')) return checks;
  return [
    ...checks,
    await checkQuarantine(database),
    await checkClock(database, clock),
    await checkClockJump(database, clock),
    await checkRuns(database, clock),
  ];
}

async function checkMigrations(database: Database): Promise<readonly Check[]> {
  const { pending, unknown, edited, drift, version } = await verifySchema(database);
  if (unknown.length > 0) {
    return [
      fail(
        'migrations',
        `A newer version of referral migrated it: ${unknown.join(', ')}`,
        'Install that version of referral',
      ),
    ];
  }
  if (pending.length > 0)
    return [fail('migrations', `Not applied yet: ${pending.join(', ')}`, 'referral migrate')];
  const applied = ok('migrations', `All applied, up to ${version ?? 'none'}`);
  const isIndex = (change: string): boolean => /^index \S+ is missing$/.test(change);
  const changes = [
    ...edited.map((name) => `${name} was edited`),
    ...drift.filter((change) => !isIndex(change)),
  ];
  const schema =
    changes.length === 0
      ? ok('schema', 'The schema is the one that the migrations made')
      : fail('schema', shorten(changes), 'referral migrate verify');
  return [applied, schema, checkIndexes(drift.filter(isIndex), database.engine)];
}

/** What is missing makes commands slow; the statement that the migration made it with makes it again. */
function checkIndexes(missing: readonly string[], engine: Database['engine']): Check {
  if (missing.length === 0) return ok('indexes', 'No index is missing');
  const statements = MIGRATIONS.flatMap((migration) => migration.up(columnTypes(engine)));
  const names = missing.map((change) => change.split(' ')[1] ?? '');
  const made = statements.filter((statement) => names.some((name) => makesIndex(statement, name)));
  return fail(
    'indexes',
    shorten(missing),
    made.length === 0 ? 'referral migrate verify' : `${made.join('; ')};`,
  );
}

function makesIndex(statement: string, name: string): boolean {
  return new RegExp(`^create (unique )?index ${name} `).test(statement.trim());
}

async function checkDurability(database: Database): Promise<Check> {
  const actual = await listDurability(database.queries);
  const wrong = Object.entries(DURABLE[database.engine]).filter(([name, value]) => actual[name] !== value);
  if (wrong.length === 0) return ok('durability', 'A commit survives a power failure');
  const found = wrong.map(([name, value]) => `${name} is ${actual[name]}, not ${value}`).join(', ');
  return warn(
    'durability',
    `A commit may be lost at a power failure: ${found}`,
    'Set it so on the database server',
  );
}

async function checkLocks(database: Database): Promise<Check> {
  const lock = await database.tryLock('doctor');
  if (lock === undefined) return ok('locks', 'Locks work; another doctor holds this one right now');
  try {
    const second = await database.tryLock('doctor');
    await second?.release();
    if (second === undefined && lock.isHeld()) return ok('locks', 'Locks keep a second process out');
  } finally {
    await lock.release();
  }
  return fail(
    'locks',
    'A lock that is held can be taken again: two jobs could run at once',
    'Connect to PostgreSQL itself, or to a pooler in session mode, instead of one in transaction mode',
  );
}

async function checkQuarantine({ queries, name }: Database): Promise<Check> {
  const since = await findMeta(queries, 'quarantined_at');
  if (since === undefined) return ok('quarantine', 'Mailing and paying are allowed');
  return fail(
    'quarantine',
    `Restored on ${since}: nothing is mailed or paid until somebody releases it`,
    `referral backup release --confirm ${name}`,
  );
}

async function checkClock({ queries }: Database, clock: Clock): Promise<Check> {
  const now = clock.milliseconds();
  const server = await findServerTime(queries);
  const newest = await findNewestRun(queries);
  const apart = server === undefined ? 0 : Math.abs(Date.parse(server) - now);
  const ahead = newest === undefined ? 0 : Date.parse(newest) - now;
  const fix = 'Synchronise the clocks: timedatectl set-ntp true';
  if (Math.max(apart, ahead) > CLOCK_FAIL_MS) {
    const message =
      apart >= ahead
        ? `The clocks of this machine and the database are ${Math.round(apart / 1_000)} s apart`
        : `A run was recorded ${Math.round(ahead / 1_000)} s in the future`;
    return fail('clock', message, fix);
  }
  if (apart > CLOCK_WARN_MS) {
    return warn(
      'clock',
      `The clocks of this machine and the database are ${Math.round(apart / 100) / 10} s apart`,
      fix,
    );
  }
  return ok('clock', `It is ${clock.now()}`);
}

async function checkClockJump({ queries }: Database, clock: Clock): Promise<Check> {
  const jump = await foreseeClockJump(queries, await readSharedTime(queries, clock));
  if (jump === undefined) return ok('clock_jump', 'The clock has not gone back since the last mails');
  return fail(
    'clock_jump',
    `The clock went back from ${jump.highest} to ${jump.seen}: nothing is mailed until somebody releases it`,
    'Set the clock right, then: referral campaigns release',
  );
}

async function checkRuns({ queries }: Database, clock: Clock): Promise<Check> {
  const count = await countUnfinished(queries, addMilliseconds(clock.now(), -HOUR_MS));
  if (count === 0) return ok('runs', 'No run was left unfinished');
  return warn(
    'runs',
    `${count} ${count === 1 ? 'run' : 'runs'} began over an hour ago and never ended: still at work, or killed`,
    'referral runs list --where "status = running"',
  );
}

function shorten(changes: readonly string[]): string {
  const rest = changes.length - 3;
  return `${changes.slice(0, 3).join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`;
}
