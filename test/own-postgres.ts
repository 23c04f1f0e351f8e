import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/core/clock.ts';
import { migrateDatabase } from '../src/core/database/migrate-database.ts';
import { usingDatabase } from '../src/core/database/open-database.ts';
import { systemRandom } from '../src/core/random.ts';
import { importPostgres } from './import-postgres.ts';

/** A PostgreSQL server of a test's own, which it may stop and start again. */
export interface OwnPostgres {
  /** Of a migrated database. */
  readonly url: string;
  readonly port: number;
  /** Stops it as `pg_ctl stop -m fast` does, and starts it again. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startOwnPostgres(): Promise<OwnPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'referral-postgres-'));
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await chmod(folder, 0o755);
  const Postgres = await importPostgres(folder);
  const port = await findFreePort();
  const server = new Postgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'postgres',
    password: 'secret',
    persistent: true,
    createPostgresUser: isRoot,
    initdbFlags: ['--encoding=UTF8', '--no-sync'],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  await server.createDatabase('own');
  const url = `postgres://postgres:secret@127.0.0.1:${port}/own`;
  await usingDatabase({ url, migrations: 'skip', create: true }, (database) =>
    migrateDatabase(database, { clock: systemClock, random: systemRandom, programVersion: '0.0.0' }),
  );
  return {
    url,
    port,
    async restart() {
      await server.stop();
      await server.start();
    },
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  const address = server.address();
  await new Promise((done) => {
    server.close(done);
  });
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
