/*
 * Plays contests beside an honest bookkeeper, imports the same bookings in many orders, and tampers with both logs; see docs/reliability.md.
 * `node bench/soak-contest.ts [sqlite|postgres|both] [operations] [shuffles] [tampered rows] [seed]`; 0 leaves a part out. PostgreSQL is a
 * server of its own. Ends with 1 when anything disagrees.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createUrlsIn, type Place } from '../test/contest-model/place.ts';
import { playContests } from '../test/contest-model/play-contests.ts';
import { shuffleInPlaces } from '../test/contest-model/shuffle-places.ts';
import { tamper } from '../test/contest-model/tamper.ts';
import { type BenchEngine, usingBenchDatabase } from './bench-database.ts';

const [which = 'both', ...sizes] = process.argv.slice(2);
const [operations = 100_000, shuffles = 1_000, rows = 10_000, seed = 1] = sizes.map(Number);
const engines: readonly BenchEngine[] =
  which === 'sqlite' || which === 'postgres' ? [which] : ['sqlite', 'postgres'];
const MAX_COMMANDS = 160;
const folder = await mkdtemp(join(tmpdir(), 'referral-soak-'));
const outcomes = new Set<string>();
let failed = false;

async function measure(engine: BenchEngine, part: string, work: () => Promise<object>): Promise<void> {
  const started = performance.now();
  const result = await work();
  const seconds = Math.round((performance.now() - started) / 1_000);
  console.log(JSON.stringify({ engine, part, seconds, ...result }));
}

async function soak(place: Place): Promise<void> {
  const { engine } = place;
  const createUrl = createUrlsIn(place);
  if (operations > 0) {
    await measure(engine, 'operations', async () => {
      const log = (line: string): void => console.error(`${engine}: ${line}`);
      return playContests({ createUrl, seed, operations, maxCommands: MAX_COMMANDS, log });
    });
  }
  if (shuffles > 0) {
    await measure(engine, 'shuffles', async () => {
      const shuffled = await shuffleInPlaces({ ...place, name: 'shuffle' }, { shuffles, first: seed });
      for (const outcome of Object.keys(shuffled.outcomes)) outcomes.add(outcome);
      return shuffled;
    });
  }
  if (rows > 0) {
    await measure(engine, 'tampering', async () => {
      const tampered = await tamper({ createUrl, seed, rows });
      failed ||= tampered.wrong.length > 0;
      return { ...tampered, wrong: tampered.wrong.slice(0, 20) };
    });
  }
}

try {
  for (const engine of engines) {
    await usingBenchDatabase(engine, async (database, url) => {
      // Nobody may be connected to a database that others are copied from.
      await database.close();
      await soak({ engine, template: url, folder, name: 'play' });
    });
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = failed || outcomes.size > 1 ? 1 : 0;
