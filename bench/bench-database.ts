import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemClock } from '../src/core/clock.ts';
import type { Database } from '../src/core/database/database.ts';
import { migrateDatabase } from '../src/core/database/migrate-database.ts';
import { usingDatabase } from '../src/core/database/open-database.ts';
import { systemRandom } from '../src/core/random.ts';
import { importPostgres } from '../test/import-postgres.ts';

export type BenchEngine = 'sqlite' | 'postgres';

/** Lends an empty, migrated database that vanishes afterwards. */
export function usingBenchDatabase<T>(
  engine: BenchEngine,
  work: (database: Database, url: string) => Promise<T>,
): Promise<T> {
  return usingBenchUrl(engine, (url) => usingDatabase({ url }, (database) => work(database, url)));
}

/** As `usingBenchDatabase`, of a database that nobody has open: what a command of its own finds. */
export async function usingBenchUrl<T>(engine: BenchEngine, work: (url: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'referral-bench-'));
  // Started as root, the server runs as a user of its own, who must be able to get in.
  await chmod(folder, 0o755);
  const server = engine === 'postgres' ? await startPostgres(join(folder, 'postgres')) : undefined;
  const url = server?.url ?? `sqlite:${join(folder, 'bench.db')}`;
  try {
    await usingDatabase({ url, migrations: 'skip', create: true }, (database) =>
      migrateDatabase(database, { clock: systemClock, random: systemRandom, programVersion: '0.0.0' }),
    );
    return await work(url);
  } finally {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function startPostgres(folder: string): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const given = process.env['REFERRAL_BENCH_POSTGRES'];
  if (given !== undefined) return { url: given, stop: () => Promise.resolve() };
  const EmbeddedPostgres = await importPostgres(dirname(folder));
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    user: 'bench',
    password: 'bench',
    persistent: false,
    createPostgresUser: true,
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  await server.createDatabase('bench');
  return { url: `postgres://bench:bench@127.0.0.1:${port}/bench`, stop: () => server.stop() };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
