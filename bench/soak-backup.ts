/*
 * Takes generated databases through backup and restore over all pairs of engines, damages archives, kills backups, restores and prunes, and
 * backs up under writes: `node bench/soak-backup.ts [sqlite|postgres|both] [databases] [mutations] [kills] [backups] [seed]`. `kills` are those
 * of each engine, half of them restores.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { systemClock } from '../src/core/clock.ts';
import { migrateDatabase } from '../src/core/database/migrate-database.ts';
import { usingDatabase } from '../src/core/database/open-database.ts';
import { systemRandom } from '../src/core/random.ts';
import type { CreateUrl } from '../test/backup-soak/archive-steps.ts';
import { killBackups } from '../test/backup-soak/kills.ts';
import { mutateArchives } from '../test/backup-soak/mutations.ts';
import { takeRoundTrips } from '../test/backup-soak/round-trips.ts';
import { backUpUnderWrites } from '../test/backup-soak/under-writes.ts';
import { type BenchEngine, usingBenchDatabase } from './bench-database.ts';

const [which = 'both', databases = '1000', mutations = '10000', kills = '250', backups = '20', seed = '1'] =
  process.argv.slice(2);
const engines: readonly BenchEngine[] =
  which === 'sqlite' || which === 'postgres' ? [which] : ['sqlite', 'postgres'];
const folder = await mkdtemp(join(tmpdir(), 'referral-soak-'));
let failed = false;

function say(what: string, { wrong, ...result }: { readonly wrong: readonly string[] }): void {
  console.log(JSON.stringify({ what, ...result, wrong: wrong.length, examples: wrong.slice(0, 10) }));
  failed ||= wrong.length > 0;
}

/** Databases of a server, or files of a folder, which vanish when they are dropped. */
function createUrls(server: string | undefined): CreateUrl {
  let made = 0;
  return async (engine, content) => {
    made += 1;
    const created = engine === 'sqlite' ? createFile(made) : await createOnServer(server ?? '', made);
    if (content === 'migrated') {
      await usingDatabase({ url: created.url, migrations: 'skip', create: true }, (empty) =>
        migrateDatabase(empty, { clock: systemClock, random: systemRandom, programVersion: '0.0.0' }),
      );
    }
    return created;
  };
}

function createFile(number: number): { readonly url: string; drop(): Promise<void> } {
  const file = join(folder, `${number}.db`);
  return {
    url: `sqlite:${file}`,
    async drop() {
      for (const end of ['', '-wal', '-shm', '.lock']) await rm(`${file}${end}`, { force: true });
    },
  };
}

async function createOnServer(url: string, number: number) {
  const name = `soak_${number}`;
  const run = (statement: string) =>
    usingDatabase({ url, migrations: 'skip' }, ({ queries }) => sql.raw(statement).execute(queries));
  await run(`create database ${name}`);
  return {
    url: Object.assign(new URL(url), { pathname: `/${name}` }).href,
    drop: async () => {
      await run(`drop database ${name} with (force)`);
    },
  };
}

async function soak(engine: BenchEngine, createUrl: CreateUrl): Promise<void> {
  if (Number(databases) > 0) {
    const route = engine === 'sqlite' ? 'sqlite sqlite' : 'sqlite postgres postgres sqlite sqlite';
    const trips = {
      createUrl,
      databases: Number(databases),
      seed: Number(seed),
      route: route.split(' ') as BenchEngine[],
    };
    say(`round trips, ${route.replaceAll(' ', ' → ')}`, await takeRoundTrips(trips));
  }
  if (engine === 'sqlite' && Number(mutations) > 0) {
    say('mutations', await mutateArchives(createUrl, Number(mutations), Number(seed)));
  }
  if (Number(kills) > 0) {
    const { url } = await createUrl(engine, 'migrated');
    const part = Math.ceil(Number(kills) / 4);
    const parts = { restores: 2 * part, creations: part, prunes: part };
    const place = {
      url,
      folder: await mkdtemp(join(folder, 'kills-')),
      customers: 5_000,
      seed: Number(seed),
    };
    say(`kills, ${engine}`, await killBackups({ ...place, ...parts, log: (line) => console.error(line) }));
  }
  if (Number(backups) > 0) {
    const options = { backups: Number(backups), rowsPerSecond: 750 };
    say(`under writes, ${engine}`, await backUpUnderWrites(createUrl, engine, options));
  }
}

try {
  for (const engine of engines) {
    if (engine === 'sqlite') await soak(engine, createUrls(undefined));
    else {
      await usingBenchDatabase(engine, async (database, url) => {
        await database.close();
        await soak(engine, createUrls(url));
      });
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
