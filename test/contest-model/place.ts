import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { Engine } from '../../src/core/database/database.ts';
import type { CreateUrl } from './play-contests.ts';

/** Where databases can be made: from a migrated one that nobody is connected to. */
export interface Place {
  readonly engine: Engine;
  /** The URL of that database. */
  readonly template: string;
  /** For files, and a word that no other process uses. */
  readonly folder: string;
  readonly name: string;
}

/** Copies of the migrated database of a place, each with a time zone of its server when asked. */
export function createUrlsIn({
  engine,
  template,
  folder,
  name,
}: Place): (zone?: string) => ReturnType<CreateUrl> {
  let made = 0;
  return async (zone) => {
    made += 1;
    if (engine === 'sqlite') {
      const file = join(folder, `${name}-${made}.db`);
      await copyFile(template.replace(/^sqlite:/, ''), file);
      return { url: `sqlite:${file}`, drop: () => rm(file, { force: true }) };
    }
    const database = `${name}_${made}`;
    const at = (path: string): string => Object.assign(new URL(template), { pathname: `/${path}` }).href;
    const statements = [
      `create database ${database} template ${new URL(template).pathname.slice(1)}`,
      // What the server would lose with the power is not what is tested here.
      `alter database ${database} set synchronous_commit to off`,
      ...(zone === undefined ? [] : [`alter database ${database} set timezone to '${zone}'`]),
    ];
    for (const statement of statements) await administer(at('postgres'), statement);
    return {
      url: at(database),
      drop: () => administer(at('postgres'), `drop database ${database} with (force)`),
    };
  };
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
