import type { KyselyPlugin, PluginTransformQueryArgs, PluginTransformResultArgs } from 'kysely';
import type { Database } from '../../src/core/database/database.ts';

/** What a process that dies in the middle looks like from within. */
export class Crash extends Error {}

/** Before which statement of a transaction it dies, counted from 1, or after its commit but before anybody hears of it. */
export type CrashPoint = number | 'committed';

/** The database, as a process has it that dies at a point of its first transaction. */
export function crashingDatabase(database: Database, point: CrashPoint): Database {
  return {
    ...database,
    async transaction(work, options) {
      const fuse = new Fuse(point);
      const result = await database.transaction((trx) => work(trx.withPlugin(fuse)), options);
      if (point === 'committed') throw new Crash();
      return result;
    },
  };
}

class Fuse implements KyselyPlugin {
  #left: number;

  constructor(point: CrashPoint) {
    this.#left = point === 'committed' ? Number.POSITIVE_INFINITY : point;
  }

  transformQuery({ node }: PluginTransformQueryArgs) {
    this.#left -= 1;
    if (this.#left === 0) throw new Crash();
    return node;
  }

  async transformResult({ result }: PluginTransformResultArgs) {
    return result;
  }
}
