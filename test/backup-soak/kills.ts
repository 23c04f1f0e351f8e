import { cp, readdir, rm, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyAudit } from '../../src/core/audit/verify-audit.ts';
import { dropKept } from '../../src/core/backup/drop-kept.ts';
import { findBackup, listIds, readManifest } from '../../src/core/backup/find-backup.ts';
import { LOADING_SCHEMA } from '../../src/core/backup/kept-name.ts';
import { listFiles } from '../../src/core/backup/manifest.ts';
import { pruneBackups } from '../../src/core/backup/prune-backups.ts';
import { createFolderStore } from '../../src/core/backup/stores/folder-store.ts';
import { verifyBackup } from '../../src/core/backup/verify-backup.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Database } from '../../src/core/database/database.ts';
import { insertRows } from '../../src/core/database/insert-rows.ts';
import { usingDatabase } from '../../src/core/database/open-database.ts';
import { verifySchema } from '../../src/core/database/verify-schema.ts';
import { systemRandom } from '../../src/core/random.ts';
import { type Child, startChild } from '../children/start-child.ts';
import { seeded } from '../servers/seeded.ts';
import { backUp } from './archive-steps.ts';

/** Where a process kills itself: `during` is right after the call was made, before its answer. */
export interface KillStep {
  readonly step: number;
  readonly when: 'before' | 'during' | 'after';
}

export interface KillOptions {
  /** A migrated database without customers. */
  readonly url: string;
  /** An empty one. */
  readonly folder: string;
  /** Kills of each of the three. */
  readonly restores: number;
  readonly creations: number;
  readonly prunes: number;
  /** Customers in a backup. */
  readonly customers: number;
  readonly seed: number;
  readonly log?: (line: string) => void;
}

export interface Kills {
  /** Processes that were killed, and those that had ended before. */
  readonly kills: number;
  readonly ended: number;
  /** What restores left. */
  readonly old: number;
  readonly new: number;
  /** Backups that killed creations left whole. */
  readonly created: number;
  readonly wrong: readonly string[];
}

const NOTHING = { kills: 0, ended: 0, old: 0, new: 0, created: 0 };
const AT = '2026-03-01T09:00:00.120Z';
const MINUTE_MS = 60_000;
const LAST_STEPS = 10;

/** Kills restores, creations and prunes, most of them at a named step and the others at any time, and looks at what each has left. */
export async function killBackups(options: KillOptions): Promise<Kills> {
  const soak = new KillSoak(options);
  try {
    await soak.killRestores();
    await soak.killCreations();
    await soak.killPrunes();
  } finally {
    await soak.end();
  }
  return { ...soak.seen, wrong: soak.wrong };
}

class KillSoak {
  readonly seen = { ...NOTHING };
  readonly wrong: string[] = [];
  readonly #options: KillOptions;
  readonly #random: () => number;
  #waiting: Child | undefined;

  constructor(options: KillOptions) {
    this.#options = options;
    this.#random = seeded(options.seed);
  }

  /** One database, and two backups that replace each other in it. */
  async killRestores(): Promise<void> {
    const { url, folder, customers, restores } = this.#options;
    if (restores === 0) return;
    const store = createFolderStore(join(folder, 'restores'), systemRandom);
    const place = { url, folder: join(folder, 'restores') };
    const ids = new Map<string, string>();
    for (const tier of ['red', 'blue']) {
      await usingDatabase({ url }, (database) => fill(database, tier, customers));
      ids.set(tier, await backUp(url, store));
    }
    // The second one has more to take over than the first, and so has everyone that follows.
    await this.#runWhole('restore', { ...place, id: ids.get('blue') ?? '' });
    const whole = await this.#runWhole('restore', { ...place, id: ids.get('red') ?? '' });
    let here = 'red';
    for (let at = 0; at < restores; at += 1) {
      const wanted = here === 'red' ? 'blue' : 'red';
      const title = await this.#kill('restore', { ...place, id: ids.get(wanted) ?? '' }, whole);
      const found = await this.#inspect(title, url, customers);
      if (found !== here && found !== wanted) this.wrong.push(`${title}: left ${found}`);
      this.seen[found === wanted ? 'new' : 'old'] += 1;
      here = found === wanted ? wanted : here;
    }
    await this.#runWhole('restore', { ...place, id: ids.get('red') ?? '' });
    if ((await this.#inspect('the last restore', url, customers)) !== 'red')
      this.wrong.push('the last restore left others');
    this.wrong.push(...(await listLeftovers(url)));
  }

  /** What has been left half-way must be of no harm to those that follow. */
  async killCreations(): Promise<void> {
    const { url, folder, customers, creations } = this.#options;
    if (creations === 0) return;
    const place = { url, folder: join(folder, 'creations'), id: '' };
    const store = createFolderStore(place.folder, systemRandom);
    await usingDatabase({ url }, (database) => fill(database, 'green', customers));
    const whole = await this.#runWhole('create', { ...place, folder: join(folder, 'measured') });
    const known = new Set<string>();
    for (let at = 0; at < creations; at += 1) {
      await usingDatabase({ url }, ({ queries }) =>
        queries
          .updateTable('customers')
          .set({ name: `${at}` })
          .where('customer_id', 'like', `%${at % 10}`)
          .execute(),
      );
      // Every second one has threads that read, which die with it.
      const title = await this.#kill('create', at % 2 === 0 ? place : { ...place, threadsFrom: 1 }, whole);
      for (const id of await listIds(store)) {
        if (known.has(id)) continue;
        known.add(id);
        this.seen.created += 1;
        await this.#verify(title, id, place.folder);
      }
    }
    const last = await backUp(url, store);
    await ageNotes(place.folder);
    await this.#prune('the prune after creations', place.folder, [last]);
  }

  async killPrunes(): Promise<void> {
    const { url, folder, prunes } = this.#options;
    if (prunes === 0) return;
    const template = join(folder, 'prunes');
    const store = createFolderStore(template, systemRandom);
    await usingDatabase({ url }, (database) => fill(database, 'yellow', 300));
    let last = '';
    for (const name of ['one', 'two', 'three', 'four']) {
      await usingDatabase({ url }, ({ queries }) => queries.updateTable('customers').set({ name }).execute());
      last = await backUp(url, store);
    }
    const measured = join(folder, 'prune-0');
    await cp(template, measured, { recursive: true });
    const whole = await this.#runWhole('prune', { url, folder: measured, id: '' });
    for (let at = 1; at <= prunes; at += 1) {
      const place = { url, folder: join(folder, `prune-${at}`), id: '' };
      await cp(template, place.folder, { recursive: true });
      const title = await this.#kill('prune', place, whole);
      for (const id of await listIds(createFolderStore(place.folder, systemRandom))) {
        await this.#verify(title, id, place.folder);
      }
      await ageNotes(place.folder);
      await this.#prune(title, place.folder, [last]);
      await rm(place.folder, { recursive: true });
    }
  }

  async end(): Promise<void> {
    this.#waiting?.process.kill('SIGKILL');
    await this.#waiting?.ended;
  }

  /** The steps and milliseconds of a process that nobody kills. */
  async #runWhole(what: string, place: Place): Promise<Whole> {
    const child = await this.#take();
    const started = performance.now();
    child.process.stdin.end(`${JSON.stringify({ what, ...place })}\n`);
    if ((await child.ended) !== 0) throw new Error(`${what} failed: ${child.output()}`);
    const [, steps = '0'] = /done (\d+)/.exec(child.output()) ?? [];
    return { steps: Number(steps), milliseconds: performance.now() - started };
  }

  /** Starts what will be killed; says what was done. */
  async #kill(what: string, place: Place, { steps, milliseconds }: Whole): Promise<string> {
    const child = await this.#take();
    const isTimed = this.#random() < 0.25;
    // At the end the new takes the place of the old.
    const lasts = Math.max(0, steps - LAST_STEPS);
    const from = [0, Math.floor(steps * 0.8), lasts, lasts][Math.floor(this.#random() * 4)] ?? 0;
    const step = from + 1 + Math.floor(this.#random() * (steps - from));
    const when = (['before', 'during', 'after'] as const)[Math.floor(this.#random() * 3)] ?? 'before';
    const order = { what, ...place, ...(isTimed ? {} : { kill: { step, when } }) };
    child.process.stdin.end(`${JSON.stringify(order)}\n`);
    const moment = Math.floor(this.#random() * milliseconds);
    if (isTimed) {
      await Promise.race([sleep(moment), child.ended]);
      child.process.kill('SIGKILL');
    }
    const code = await child.ended;
    this.seen[code === null ? 'kills' : 'ended'] += 1;
    const title = `seed ${this.#options.seed}, ${what} killed ${isTimed ? `after ${moment} ms` : `${when} step ${step} of ${steps}`}`;
    if (code !== null && code !== 0) this.wrong.push(`${title}: it failed: ${child.output()}`);
    this.#options.log?.(title);
    return title;
  }

  /** A process that has loaded everything; the next one loads while this one works. */
  async #take(): Promise<Child> {
    const child = this.#waiting ?? startChild('backup.ts', []);
    this.#waiting = startChild('backup.ts', []);
    await child.ready;
    return child;
  }

  /** Whose customers a database has, all of them and nobody else; what it lacks is wrong. */
  async #inspect(title: string, url: string, customers: number): Promise<string> {
    return usingDatabase({ url }, async (database) => {
      const run = { id: null, operator: 'tester' };
      const rows = await database.queries
        .selectFrom('customers')
        .select(['tier', ({ fn }) => fn.countAll<number>().as('count')])
        .groupBy('tier')
        .execute();
      const { drift } = await verifySchema(database);
      const { problems } = await verifyAudit(database.queries);
      this.wrong.push(
        ...[...drift, ...problems.map(({ explanation }) => explanation)].map((text) => `${title}: ${text}`),
      );
      await dropKept({ database, clock: systemClock, run, dryRun: false });
      const [row] = rows;
      return rows.length === 1 && row?.count === customers ? (row.tier ?? '') : JSON.stringify(rows);
    });
  }

  async #verify(title: string, id: string, folder: string): Promise<void> {
    const store = createFolderStore(folder, systemRandom);
    const { intact, problems } = await verifyBackup(await findBackup(id, store, folder, systemRandom));
    if (!intact) this.wrong.push(`${title}: ${id} is damaged: ${JSON.stringify(problems[0])}`);
  }

  /** Prunes to the newest backup: it and its files must be all that is left. */
  async #prune(title: string, folder: string, expected: readonly string[]): Promise<void> {
    const store = createFolderStore(folder, systemRandom);
    const rule = { policy: { last: 1 }, timezone: 'UTC', dryRun: false };
    await pruneBackups({ store, clock: systemClock, random: systemRandom, ...rule });
    const ids = await listIds(store);
    if (ids.join() !== expected.join())
      this.wrong.push(`${title}: the next prune left ${ids.length} backups`);
    const needed = new Set<string>();
    for (const id of ids) {
      await this.#verify(`${title}, after the next prune`, id, folder);
      for (const { sha256 } of listFiles(readManifest(await findBackup(id, store, folder, systemRandom))))
        needed.add(sha256);
    }
    const files = await store.list('chunks');
    if (files.length !== needed.size)
      this.wrong.push(`${title}: ${files.length} files are left of which ${needed.size} are needed`);
  }
}

interface Place {
  readonly url: string;
  readonly folder: string;
  readonly id: string;
  /** As `threadsFrom` of a backup. */
  readonly threadsFrom?: number;
}

interface Whole {
  readonly steps: number;
  readonly milliseconds: number;
}

/** Makes these customers, all of one tier, the only ones. */
async function fill(database: Database, tier: string, count: number): Promise<void> {
  await database.transaction(async (transaction) => {
    await transaction.deleteFrom('customers').execute();
    const rows = Array.from({ length: count }, (_, at) => ({
      ...{ customer_id: `${tier}-${at}`, tier, consent: 'granted' as const, source: 'import' },
      ...{ attributes: `{"city":"Town ${at % 100}"}`, created_at: AT, updated_at: AT },
    }));
    await insertRows(transaction, 'customers', rows);
  });
}

// What dead processes have noted in a store counts for nothing a minute later.
async function ageNotes(folder: string): Promise<void> {
  const then = new Date(Date.now() - 5 * MINUTE_MS);
  for (const name of await readdir(join(folder, 'working')).catch(() => [])) {
    await utimes(join(folder, 'working', name), then, then);
  }
}

/** What restores have left beside a database that a restore has come to its end in. */
async function listLeftovers(url: string): Promise<string[]> {
  if (url.startsWith('sqlite:')) {
    const names = await readdir(dirname(url.slice('sqlite:'.length)));
    return names.filter((name) => name.includes('.restoring')).map((name) => `${name} is left`);
  }
  return usingDatabase({ url }, async ({ queries }) => {
    const { sql } = await import('kysely');
    const { rows } = await sql<{ name: string }>`
      select nspname as name from pg_namespace where nspname = ${LOADING_SCHEMA}`.execute(queries);
    return rows.map(({ name }) => `the schema ${name} is left`);
  });
}
