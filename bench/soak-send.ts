/*
 * Kills senders again and again and says what came of it: `node bench/soak-send.ts [sqlite|postgres|both] [kills] [seed]`.
 * PostgreSQL is a server of its own, unless REFERRAL_BENCH_POSTGRES names one whose database may be filled.
 */
import { createAudience } from '../test/campaign-fixture.ts';
import { soakSend } from '../test/soak-send.ts';
import { type BenchEngine, usingBenchDatabase } from './bench-database.ts';

const [which = 'both', kills = '1000', seed = '1'] = process.argv.slice(2);
const engines: readonly BenchEngine[] =
  which === 'sqlite' || which === 'postgres' ? [which] : ['sqlite', 'postgres'];
let failed = false;
for (const engine of engines) {
  await usingBenchDatabase(engine, async (database, url) => {
    const recipients = 1_000;
    await createAudience(database, recipients);
    const options = { database, url, kills: Number(kills), recipients, batchSize: 10, seed: Number(seed) };
    const result = await soakSend({ ...options, log: (line) => console.error(line) });
    console.log(JSON.stringify({ engine, ...result }));
    failed ||= result.duplicates + result.unaccounted > 0;
  });
}
process.exitCode = failed ? 1 : 0;
