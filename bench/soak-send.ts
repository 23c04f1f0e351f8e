/*
 * Kills senders again and again and says what came of it:
 * `node bench/soak-send.ts [sqlite|postgres|both] [sendgrid|smtp|both] [kills] [seed]`, kills per engine and transport.
 * PostgreSQL is a server of its own, unless REFERRAL_BENCH_POSTGRES names one whose database may be filled.
 */
import { createAudience } from '../test/campaign-fixture.ts';
import { SOAK_TRANSPORTS } from '../test/servers/soak-provider.ts';
import { soakSend } from '../test/soak-send.ts';
import { type BenchEngine, usingBenchDatabase } from './bench-database.ts';

const [engine = 'both', over = 'both', kills = '500', seed = '1'] = process.argv.slice(2);
const ENGINES: readonly BenchEngine[] = ['sqlite', 'postgres'];
const RECIPIENTS = 1_000;
let failed = false;
for (const name of ENGINES.filter((each) => engine === 'both' || each === engine)) {
  await usingBenchDatabase(name, async (database, url) => {
    await createAudience(database, RECIPIENTS);
    for (const transport of SOAK_TRANSPORTS.filter((each) => over === 'both' || each === over)) {
      const options = { database, url, transport, kills: Number(kills), batchSize: 10, seed: Number(seed) };
      const result = await soakSend({ ...options, log: (line) => console.error(line) });
      console.log(JSON.stringify({ engine: name, transport, seed: Number(seed), ...result }));
      failed ||= result.duplicates + result.unaccounted > 0;
    }
  });
}
process.exitCode = failed ? 1 : 0;
