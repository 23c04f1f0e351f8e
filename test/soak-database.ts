import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../src/core/clock.ts';
import { findMeta } from '../src/core/database/meta-queries.ts';
import { migrateDatabase } from '../src/core/database/migrate-database.ts';
import { findMigrationStatus } from '../src/core/database/migration-status.ts';
import { MIGRATIONS } from '../src/core/database/migrations-list.ts';
import { usingDatabase } from '../src/core/database/open-database.ts';
import { verifySchema } from '../src/core/database/verify-schema.ts';
import { systemRandom } from '../src/core/random.ts';
import { startChild } from './children/start-child.ts';

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

/** Kills migrating processes at random moments: each must leave nothing or everything, and the next one must go on. */
export async function killMigrations(
  createUrl: CreateUrl,
  kills: number,
  random: () => number,
): Promise<KilledMigrations> {
  const wrong: string[] = [];
  let untouched = 0;
  let whole = 0;
  const unhurried = startChild('migrate.ts', [await createUrl()]);
  await unhurried.ready;
  const started = performance.now();
  if ((await unhurried.ended) !== 0) return { kills: 0, untouched, whole, wrong: [unhurried.output()] };
  const duration = performance.now() - started;
  for (let kill = 1; kill <= kills; kill += 1) {
    const url = await createUrl();
    const child = startChild('migrate.ts', [url]);
    await child.ready;
    await sleep(random() * duration * 1.1);
    child.process.kill('SIGKILL');
    await child.ended;
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

/** Lets two processes migrate one database at once: one applies everything, the other nothing. */
export async function raceMigrations(
  createUrl: CreateUrl,
  races: number,
): Promise<{ readonly races: number; readonly wrong: readonly string[] }> {
  const wrong: string[] = [];
  for (let race = 1; race <= races; race += 1) {
    const url = await createUrl();
    const children = [startChild('migrate.ts', [url]), startChild('migrate.ts', [url])];
    const codes = await Promise.all(children.map((child) => child.ended));
    const output = children.map((child) => child.output()).join('');
    const counts = [...output.matchAll(/applied (\d+)/g)]
      .map((match) => Number(match[1]))
      .sort((a, b) => a - b);
    if (codes.join() !== '0,0' || counts.join() !== `0,${MIGRATIONS.length}`)
      wrong.push(`race ${race}: ${output}`);
    const { drift } = await usingDatabase({ url }, verifySchema);
    wrong.push(...drift.map((what) => `after race ${race}: ${what}`));
  }
  return { races, wrong };
}

export interface CountedTransactions {
  readonly processes: number;
  readonly expected: number;
  /** What the counter stands at: less is a lost update. */
  readonly counted: number;
  /** What processes said that did not end well: a database that was busy, for one. */
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
  const counted = await usingDatabase({ url }, ({ queries }) => findMeta(queries, 'count'));
  return { processes, expected: processes * times, counted: Number(counted ?? 0), failures };
}
