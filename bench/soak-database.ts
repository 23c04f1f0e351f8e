/*
 * Lets eight processes read and write at once and two crons run the jobs of an hour, kills migrations and lets pairs of them race:
 * `node bench/soak-database.ts [sqlite|postgres|both] [kills] [races] [transactions] [hours] [seed]`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { systemClock } from '../src/core/clock.ts';
import { migrateDatabase } from '../src/core/database/migrate-database.ts';
import { usingDatabase } from '../src/core/database/open-database.ts';
import { systemRandom } from '../src/core/random.ts';
import { seeded } from '../test/servers/seeded.ts';
import { type CreateUrl, countTogether, killMigrations, raceMigrations } from '../test/soak-database.ts';
import { runCrons } from '../test/soak-jobs.ts';
import { type BenchEngine, usingBenchDatabase } from './bench-database.ts';

const PROCESSES = 8;
const PART = 10;
const [which = 'both', kills = '200', races = '50', transactions = '1000', hours = '50', seed = '1'] =
  process.argv.slice(2);
const engines: readonly BenchEngine[] =
  which === 'sqlite' || which === 'postgres' ? [which] : ['sqlite', 'postgres'];
const folder = await mkdtemp(join(tmpdir(), 'referral-soak-'));
let failed = false;

/** Parts of ten or less, so that there is something to read before the end. */
function inParts(count: string): readonly number[] {
  const whole = Number(count);
  return Array.from({ length: Math.ceil(whole / PART) }, (_, at) => Math.min(PART, whole - at * PART));
}

function say(engine: BenchEngine, result: object, isWrong: boolean): void {
  console.log(JSON.stringify({ engine, ...result }));
  failed ||= isWrong;
}

try {
  for (const engine of engines) {
    await usingBenchDatabase(engine, async (database, url) => {
      await database.close();
      let made = 0;
      const createUrl: CreateUrl = async () => {
        made += 1;
        if (engine === 'sqlite') return `sqlite:${join(folder, `${made}.db`)}`;
        const name = `soak_${made}`;
        await usingDatabase({ url }, ({ queries }) => sql.raw(`create database ${name}`).execute(queries));
        return Object.assign(new URL(url), { pathname: `/${name}` }).href;
      };
      const counted = await countTogether(url, PROCESSES, Number(transactions));
      const isExact = counted.counted === counted.expected && counted.chained === counted.expected;
      say(engine, counted, !isExact || counted.failures.length > 0);
      const createMigrated: CreateUrl = async () => {
        const migrated = await createUrl();
        await usingDatabase({ url: migrated, migrations: 'skip', create: true }, (empty) =>
          migrateDatabase(empty, { clock: systemClock, random: systemRandom, programVersion: '0.0.0' }),
        );
        return migrated;
      };
      for (const part of inParts(hours)) {
        const crons = await runCrons(createMigrated, part);
        say(engine, crons, crons.wrong.length > 0);
      }
      const random = seeded(Number(seed));
      for (const part of inParts(kills)) {
        const killed = await killMigrations(createUrl, part, random);
        say(engine, killed, killed.wrong.length > 0);
      }
      for (const part of inParts(races)) {
        const raced = await raceMigrations(createUrl, part);
        say(engine, raced, raced.wrong.length > 0);
      }
    });
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
