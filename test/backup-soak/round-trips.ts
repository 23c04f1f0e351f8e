import { usingDatabase } from '../../src/core/database/open-database.ts';
import { seeded } from '../servers/seeded.ts';
import { backUp, type CreateUrl, describeBackup, restoreInto } from './archive-steps.ts';
import { fillMadeUp } from './made-up-data.ts';
import { createMemoryStore, type MemoryStore } from './memory-store.ts';

export interface RoundTripOptions {
  readonly createUrl: CreateUrl;
  /** Generated databases. */
  readonly databases: number;
  readonly seed: number;
  /** Where they go one after the other; each is backed up into the next. */
  readonly route: readonly ('sqlite' | 'postgres')[];
}

export interface RoundTrips {
  readonly databases: number;
  readonly restores: number;
  readonly rows: number;
  readonly wrong: readonly string[];
}

/** Generates databases and takes each along a route of engines: after every restore the next backup must have the same hashes. */
export async function takeRoundTrips(options: RoundTripOptions): Promise<RoundTrips> {
  const wrong: string[] = [];
  let restores = 0;
  let rows = 0;
  for (let at = 0; at < options.databases; at += 1) {
    const seed = options.seed + at;
    const memory = createMemoryStore();
    const [first = 'sqlite', ...others] = options.route;
    const expected = await generate(options.createUrl, first, seed, memory);
    rows += expected.rows;
    let id = expected.id;
    let before = first;
    for (const engine of others) {
      id = await passOn(options.createUrl, engine, id, memory);
      restores += 1;
      const found = await describeBackup(id, memory.store);
      for (const [table, hash] of expected.tables) {
        if (found.get(table) !== hash) wrong.push(`seed ${seed}, ${before} to ${engine}: another ${table}`);
      }
      before = engine;
    }
  }
  return { databases: options.databases, restores, rows, wrong };
}

async function generate(
  createUrl: CreateUrl,
  engine: 'sqlite' | 'postgres',
  seed: number,
  { store }: MemoryStore,
) {
  const { url, drop } = await createUrl(engine, 'migrated');
  try {
    await usingDatabase({ url }, (database) => fillMadeUp(database, seeded(seed)));
    const id = await backUp(url, store);
    const tables = await describeBackup(id, store);
    const rows = [...tables.values()].reduce((sum, text) => sum + Number(text.split(' ')[1]), 0);
    return { id, tables, rows };
  } finally {
    await drop();
  }
}

/** Restores a backup into a new database and backs that up; the id. */
async function passOn(
  createUrl: CreateUrl,
  engine: 'sqlite' | 'postgres',
  id: string,
  { store }: MemoryStore,
): Promise<string> {
  const { url, drop } = await createUrl(engine, 'empty');
  try {
    await restoreInto(url, id, store);
    return await backUp(url, store);
  } finally {
    await drop();
  }
}
