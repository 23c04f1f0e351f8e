/*
 * A code for each of a million customers, in one transaction, all durable: `node bench/codes.ts [sqlite|postgres] [customers]`.
 * The goal is 10 s on SQLite.
 */
import { sql } from 'kysely';
import { systemClock } from '../src/core/clock.ts';
import { generateCodes } from '../src/core/codes/generate-codes.ts';
import { systemRandom } from '../src/core/random.ts';
import { type BenchEngine, usingBenchDatabase } from './bench-database.ts';
import { numbersUpTo } from './numbers-up-to.ts';

const [engine = 'sqlite', size = '1000000'] = process.argv.slice(2);
const customers = Number(size);

await usingBenchDatabase(engine as BenchEngine, async (database) => {
  const now = systemClock.now();
  await sql`insert into customers (customer_id, consent, attributes, source, created_at, updated_at)
    select 'C-' || i, 'granted', '{}', 'import', ${sql.lit(now)}, ${sql.lit(now)}
    from (${numbersUpTo(database.engine, customers)}) as numbers`.execute(database.queries);
  const before = performance.now();
  const { created } = await database.transaction((trx) =>
    generateCodes(trx, { clock: systemClock, random: systemRandom }, { scope: null }),
  );
  const seconds = (performance.now() - before) / 1_000;
  const resident = Math.round(process.memoryUsage.rss() / 1e6);
  console.log(`${engine}: ${created} codes in ${seconds.toFixed(1)} s, ${resident} MB resident`);
});
