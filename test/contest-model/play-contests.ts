import fc from 'fast-check';
import { Bookkeeper } from './bookkeeper.ts';
import { anyOptions, noTally, stepsFor, type Tally } from './commands.ts';
import { START, World } from './world.ts';

/** Makes a fresh, migrated database. */
export type CreateUrl = () => Promise<{ readonly url: string; drop(): Promise<void> }>;

export interface PlayOptions {
  readonly createUrl: CreateUrl;
  readonly seed: number;
  /** At least so many. */
  readonly operations: number;
  readonly maxCommands: number;
  readonly log?: (line: string) => void;
}

export interface Played extends Tally {
  readonly worlds: number;
  readonly seed: number;
}

/**
 * Plays contests that fast-check makes up, a database each, beside an honest bookkeeper, until enough was done. Throws the
 * first contest in which they disagree, with its seed.
 */
export async function playContests({
  createUrl,
  seed,
  operations,
  maxCommands,
  log,
}: PlayOptions): Promise<Played> {
  const tally = noTally();
  let worlds = 0;
  for (let round = 0; tally.operations < operations; round += 1) {
    const property = fc.asyncProperty(anyOptions, stepsFor(tally, maxCommands), async (options, steps) => {
      worlds += 1;
      const { url, drop } = await createUrl();
      const world = await World.create(url, options);
      const books = new Bookkeeper(options, START);
      try {
        await fc.asyncModelRun(() => ({ model: books, real: world }), steps);
        await settle(books, world);
      } finally {
        await world.database.close();
        await drop();
      }
    });
    // A world a round: the seed that is told repeats just that one. Making it smaller would take hundreds of databases.
    await fc.assert(property, { seed: seed + round, numRuns: 1, endOnFailure: true });
    if (round % 20 === 19) log?.(`${worlds} worlds, ${JSON.stringify(tally)}`);
  }
  return { ...tally, worlds, seed };
}

/** At the end of every world everything is added up. */
async function settle(books: Bookkeeper, world: World): Promise<void> {
  await world.compute();
  books.compute();
  await world.compareRewards(books.rewards);
  await world.compareBoard(books.board);
  await world.compareBalances((customer) => books.balanceOf(customer));
  await world.verify();
}
