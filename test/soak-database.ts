import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyAudit } from '../src/core/audit/verify-audit.ts';
import { systemClock } from '../src/core/clock.ts';
import { findMeta } from '../src/core/database/meta-queries.ts';
import { migrateDatabase } from '../src/core/database/migrate-database.ts';
import { findMigrationStatus } from '../src/core/database/migration-status.ts';
import { MIGRATIONS } from '../src/core/database/migrations-list.ts';
import { usingDatabase } from '../src/core/database/open-database.ts';
import { verifySchema } from '../src/core/database/verify-schema.ts';
import { systemRandom } from '../src/core/random.ts';
import { type Child, startChild } from './children/start-child.ts';

/** The URL of an empty database: for SQLite of a file that is not there yet. */
export type CreateUrl = () => Promise<string>;

export interface KilledMigrations {
  readonly kills: number;
  /** How many left the database as it was, and how many had migrated it whole. */
  readonly untouched: number;
  readonly whole: number;
  /** What else was found. */
  readonly wrong: readonly string[];
}

const options = { clock: systemClock, random: systemRandom, programVersion: '0.0.0' };

/**
 * Kills migrating processes, each in a part of its own of the time that migrating takes, anywhere in that part: each must
 * leave nothing or everything, and the next one must go on.
 */
export async function killMigrations(
  createUrl: CreateUrl,
  kills: number,
  random: () => number,
): Promise<KilledMigrations> {
  const wrong: string[] = [];
  let untouched = 0;
  let whole = 0;
  const duration = await measureMigration(createUrl);
  let waiting = startMigrating(await createUrl());
  for (let kill = 1; kill <= kills; kill += 1) {
    const { url, child } = waiting;
    await child.ready;
    child.process.stdin.write(`${url}\n`);
    await sleep(((kill - 1 + random()) / kills) * duration * 1.1);
    child.process.kill('SIGKILL');
    await child.ended;
    // It loads what it needs while the last one's work is looked at.
    if (kill < kills) waiting = startMigrating(await createUrl());
    await usingDatabase({ url, migrations: 'skip', create: true }, async (database) => {
      const { applied } = await findMigrationStatus(database.queries);
      if (applied.length === 0) untouched += 1;
      else if (applied.length === MIGRATIONS.length) whole += 1;
      else wrong.push(`kill ${kill} left ${applied.length} of ${MIGRATIONS.length} migrations`);
      await migrateDatabase(database, options);
      const { drift, pending } = await verifySchema(database);
      wrong.push(...[...drift, ...pending].map((what) => `after kill ${kill}: ${what}`));
    });
  }
  return { kills, untouched, whole, wrong };
}

/** How long migrating takes here, in milliseconds, once all is loaded. */
async function measureMigration(createUrl: CreateUrl): Promise<number> {
  const { url, child } = startMigrating(await createUrl());
  await child.ready;
  const started = performance.now();
  child.process.stdin.end(`${url}\n`);
  await Promise.race([once(child.process.stdout, 'data'), child.ended]);
  const duration = performance.now() - started;
  if ((await child.ended) !== 0) throw new Error(`migrating failed: ${child.output()}`);
  return duration;
}

function startMigrating(url: string): { readonly url: string; readonly child: Child } {
  return { url, child: startChild('migrate.ts', [url.startsWith('sqlite:') ? 'sqlite' : 'postgres']) };
}

/** Lets two processes migrate a database at once, one database after the other: one applies everything, the other nothing. */
export async function raceMigrations(
  createUrl: CreateUrl,
  races: number,
): Promise<{ readonly races: number; readonly wrong: readonly string[] }> {
  const wrong: string[] = [];
  let next = await createUrl();
  const children = [startMigrating(next).child, startMigrating(next).child];
  const lines = children.map(({ process }) =>
    createInterface({ input: process.stdout })[Symbol.asyncIterator](),
  );
  const hear = async (): Promise<string[]> =>
    Promise.all(lines.map(async (each) => String((await each.next()).value ?? 'nothing')));
  await hear();
  for (let race = 1; race <= races; race += 1) {
    const url = next;
    for (const child of children) child.process.stdin.write(`${url}\n`);
    const said = (await hear()).sort();
    if (said.join() !== ['applied 0', `applied ${MIGRATIONS.length}`].join()) {
      wrong.push(`race ${race}: ${said.join(', ')}`);
    }
    const { drift } = await usingDatabase({ url }, verifySchema);
    wrong.push(...drift.map((what) => `after race ${race}: ${what}`));
    if (race < races) next = await createUrl();
  }
  for (const child of children) child.process.stdin.end();
  const codes = await Promise.all(children.map((child) => child.ended));
  if (codes.join() !== '0,0') wrong.push(...children.map((child) => child.output()));
  return { races, wrong };
}

export interface CountedTransactions {
  readonly processes: number;
  readonly expected: number;
  /** What the counter stands at: less is a lost update. */
  readonly counted: number;
  /** Entries of the audit log, each of which names the one before. */
  readonly chained: number;
  /** What processes said that did not end well: a database that was busy, for one; and what is wrong with the chain. */
  readonly failures: readonly string[];
}

/** Lets processes read a number and write the next one, `times` each, all at once on a migrated database. */
export async function countTogether(
  url: string,
  processes: number,
  times: number,
): Promise<CountedTransactions> {
  const children = Array.from({ length: processes }, () => startChild('count.ts', [url, String(times)]));
  const codes = await Promise.all(children.map((child) => child.ended));
  const failures = children.filter((_, index) => codes[index] !== 0).map((child) => child.output());
  return usingDatabase({ url }, async ({ queries }) => {
    const { entries, problems } = await verifyAudit(queries);
    return {
      processes,
      expected: processes * times,
      counted: Number((await findMeta(queries, 'count')) ?? 0),
      chained: entries,
      failures: [...failures, ...problems.map(({ explanation }) => explanation)],
    };
  });
}
