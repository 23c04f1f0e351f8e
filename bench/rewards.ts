/*
 * `rewards compute` of a million approved referrals: the first time, and again when nothing has changed.
 * `node bench/rewards.ts [sqlite|postgres] [referrals] [referrer|both]`; with `both` the friend gets a percentage, so that there are two rewards
 * for each referral, and participants a badge at five. The goals for one million are 30 s and 5 s. Prints time, CPU time of this process, and the
 * most memory that it held; for PostgreSQL also the CPU time of the server process that did the work, where /proc tells it.
 */
import { readFileSync } from 'node:fs';
import { sql } from 'kysely';

import { systemClock } from '../src/core/clock.ts';
import { hashRules, parseRules } from '../src/core/contests/rules.ts';
import type { Database } from '../src/core/database/database.ts';
import { computeRewards } from '../src/core/rewards/compute-rewards.ts';
import { type BenchEngine, usingBenchDatabase } from './bench-database.ts';
import { fillReferrals } from './fill-referrals.ts';

const [engine = 'sqlite', size = '1000000', sides = 'referrer'] = process.argv.slice(2);

const referrer = { type: 'money', amount: '25.00', currency: 'EUR' };
const both = {
  referrer,
  friend: { type: 'percentage', percent: '10', max: '50.00' },
  milestones: [{ at: 5, type: 'badge', name: 'Referral Master' }],
};
const { text } = hashRules(parseRules({ rewards: sides === 'both' ? both : { referrer } }));

/** CPU seconds of the server process behind a connection; 0 where there is none or the system does not tell. */
async function serverSeconds({ engine: kind, queries }: Database): Promise<number> {
  if (kind === 'sqlite') return 0;
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(queries);
  try {
    const fields = readFileSync(`/proc/${rows[0]?.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    // User and system time are fields 14 and 15 of proc_pid_stat(5), in hundredths of a second.
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}

await usingBenchDatabase(engine as BenchEngine, async (database) => {
  await fillReferrals(database, Number(size), text);
  for (const round of ['first', 'again']) {
    const started = performance.now();
    const cpu = process.cpuUsage();
    const server = await serverSeconds(database);
    const { created, unchanged } = await computeRewards(
      { database, clock: systemClock, run: { id: null, operator: 'bench' } },
      { contest: 'bench', dryRun: false },
    );
    const { user, system } = process.cpuUsage(cpu);
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    const used = ((user + system) / 1_000_000).toFixed(1);
    const ofServer =
      engine === 'postgres'
        ? ` and ${((await serverSeconds(database)) - server).toFixed(1)} s of the server's`
        : '';
    const memory = Math.round(process.resourceUsage().maxRSS / 1_024);
    console.log(
      `${engine}, ${size} referrals, ${round}: ${seconds} s, ${used} s of CPU${ofServer}, ${memory} MB; ${created} created, ${unchanged} unchanged`,
    );
  }
});
