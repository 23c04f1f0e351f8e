import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import './provide-postgres.ts';
import { TEMPLATE } from './template.ts';

/** A PostgreSQL database made for one test. */
export interface TestDatabase {
  readonly url: string;
  readonly name: string;
  /** Drops it. Throws when somebody is still connected after a second: a leak. */
  drop(): Promise<void>;
}

/** Is there a PostgreSQL server to test on? The reason why not was printed when it could not start. */
export function hasPostgres(): boolean {
  return inject('postgres').base !== undefined;
}

/** A fresh database: migrated, or `empty`. */
export async function createPostgresDatabase(
  content: 'migrated' | 'empty' = 'migrated',
): Promise<TestDatabase> {
  const { base, missing } = inject('postgres');
  if (base === undefined) throw new Error(missing);
  const name = `referral_${randomBytes(6).toString('hex')}`;
  const template = content === 'migrated' ? TEMPLATE : 'template0';
  await runAsAdmin(base, async (client) => {
    await client.query(`create database ${name} template ${template}`);
  });
  return {
    url: `${base}/${name}`,
    name,
    drop: () => runAsAdmin(base, (client) => dropUnused(client, name)),
  };
}

/** Runs `work` with a plain client on a database, beside whatever the program has open. */
export async function usingPostgresClient<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function runAsAdmin<T>(base: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  return usingPostgresClient(`${base}/postgres`, work);
}

async function dropUnused(client: pg.Client, name: string): Promise<void> {
  const open = await waitForNobody(client, name);
  await client.query(`drop database if exists ${name} with (force)`);
  if (open.length > 0) throw new Error(`connections to PostgreSQL were left open: ${open.join(', ')}`);
}

// The server needs a moment to notice that a client has gone.
async function waitForNobody(client: pg.Client, name: string): Promise<string[]> {
  for (let tries = 0; ; tries += 1) {
    const { rows } = await client.query<{ application_name: string; query: string }>(
      'select application_name, query from pg_stat_activity where datname = $1',
      [name],
    );
    if (rows.length === 0 || tries === 40) return rows.map((row) => `${row.application_name} (${row.query})`);
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}
