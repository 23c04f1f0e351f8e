/*
 * Kills imports again and again and says what came of it: `node bench/soak-import.ts [sqlite|postgres|both] [kills] [seed]`.
 * PostgreSQL is a server of its own, unless REFERRAL_BENCH_POSTGRES names one whose database may be filled.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { soakImport } from '../test/soak-import.ts';
import { type BenchEngine, usingBenchDatabase } from './bench-database.ts';

const [which = 'both', kills = '200', seed = '1'] = process.argv.slice(2);
const engines: readonly BenchEngine[] =
  which === 'sqlite' || which === 'postgres' ? [which] : ['sqlite', 'postgres'];
const folder = await mkdtemp(join(tmpdir(), 'referral-soak-'));
let failed = false;
try {
  for (const engine of engines) {
    await usingBenchDatabase(engine, async (database, url) => {
      // Nobody else may have a SQLite file open: the next one to come has to find out what the dead one left.
      await database.close();
      const options = { url, folder, kills: Number(kills), rows: 20_000, seed: Number(seed) };
      const result = await soakImport({ ...options, log: (line) => console.error(line) });
      console.log(JSON.stringify({ engine, ...result }));
      failed ||= result.wrong.length > 0;
    });
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
