/*
 * A process that loads what it needs, prints `ready`, reads an order as a line of JSON, makes a backup, restores one or prunes, and prints
 * `done` with the number of steps that it took: calls of the file system, of SQLite and to PostgreSQL. An order with `kill` makes it kill
 * itself right before or right after the step of that number.
 */
import { default as promises } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { createInterface } from 'node:readline';
import type { KillStep } from '../backup-soak/kills.ts';

let kill: KillStep | undefined;
let steps = 0;

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  // The signal is on its way.
  for (;;);
}

/** Makes calls of a function steps at which this process may die. */
function watch(owner: object, name: string): void {
  const original: unknown = Reflect.get(owner, name);
  if (typeof original !== 'function') throw new TypeError(`there is no ${name}`);
  Reflect.set(owner, name, function (this: unknown, ...args: unknown[]): unknown {
    steps += 1;
    const isLast = kill?.step === steps;
    if (isLast && kill?.when === 'before') die();
    const result: unknown = Reflect.apply(original, this, args);
    if (!isLast) return result;
    if (!(result instanceof Promise)) return die();
    return kill?.when === 'after' ? result.then(die, die) : die();
  });
}

for (const name of ['open', 'rename', 'link', 'rm', 'mkdir', 'chmod']) watch(promises, name);
syncBuiltinESMExports();
const [{ default: Sqlite }, { default: pg }] = await Promise.all([
  import('better-sqlite3'),
  import('pg'),
  import('pg-cursor'),
]);
watch(pg.Client.prototype, 'query');
const probe = new Sqlite(':memory:');
const statement: object = Object.getPrototypeOf(probe.prepare('select 1')) as object;
for (const name of ['run', 'all', 'get']) watch(statement, name);
probe.close();

const { checkArchive } = await import('../../src/core/backup/check-archive.ts');
const { backUp, restoreInto } = await import('../backup-soak/archive-steps.ts');
const { pruneBackups } = await import('../../src/core/backup/prune-backups.ts');
const { createFolderStore } = await import('../../src/core/backup/stores/folder-store.ts');
const { systemClock } = await import('../../src/core/clock.ts');
const { systemRandom } = await import('../../src/core/random.ts');
await Promise.all([import('kysely'), checkArchive]);

process.stdout.write('ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as {
    readonly what: 'create' | 'restore' | 'prune';
    readonly url: string;
    readonly folder: string;
    readonly id: string;
    readonly threadsFrom?: number;
    readonly kill?: KillStep;
  };
  const store = createFolderStore(order.folder, systemRandom);
  kill = order.kill;
  steps = 0;
  if (order.what === 'create') await backUp(order.url, store, order.threadsFrom);
  else if (order.what === 'restore') await restoreInto(order.url, order.id, store);
  else {
    const rule = { policy: { last: 1 }, timezone: 'UTC', dryRun: false };
    await pruneBackups({ store, clock: systemClock, random: systemRandom, ...rule });
  }
  process.stdout.write(`done ${steps}\n`);
  break;
}
process.exit(0);
