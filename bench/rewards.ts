/*
 * `rewards compute` of a million approved referrals: the first time, and again when nothing has changed. Beside it, in the same run, what cannot be
 * spared: the database copies the rows that came of it into tables with the same keys, and reads all referrals with their rewards once.
 * `node bench/rewards.ts [sqlite|postgres] [referrals] [referrer|both|budget]`; with `both` the friend gets a percentage, so that there are two
 * rewards for each referral, and participants a badge at five; `budget` is that with a budget that nothing exceeds. The goals for one million are
 * 30 s and 5 s. Prints time, CPU time of this process, and the most memory that it held; for PostgreSQL also the CPU time of the server process
 * that did the work, where /proc tells it.
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
const limits = { budget: { EUR: '1000000000.00' } };
const document =
  sides === 'budget' ? { rewards: both, limits } : { rewards: sides === 'both' ? both : { referrer } };
const { text } = hashRules(parseRules(document));

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

/** Seconds in which the database alone writes `table` into a second one with the same keys. */
async function copyTable({ engine: kind, queries }: Database, table: string): Promise<number> {
  const peer = `peer_${table}`;
  if (kind === 'postgres') {
    await sql`create table ${sql.ref(peer)} (like ${sql.ref(table)} including indexes including identity)`.execute(
      queries,
    );
  } else {
    const { rows } = await sql<{ sql: string }>`select sql from sqlite_schema where tbl_name = ${table}
      and type in ('table', 'index') and sql is not null order by type desc`.execute(queries);
    const own = new RegExp(`\\b${table}(?=\\b|_)`, 'g');
    for (const row of rows) await sql.raw(row.sql.replace(own, peer)).execute(queries);
  }
  const started = performance.now();
  await sql`insert into ${sql.ref(peer)} ${kind === 'postgres' ? sql`overriding system value` : sql``}
    select * from ${sql.ref(table)}`.execute(queries);
  return (performance.now() - started) / 1_000;
}

/** Seconds in which the database alone goes once through all referrals with their rewards. */
async function readAll({ queries }: Database): Promise<number> {
  const started = performance.now();
  await sql`select count(*), sum(r.amount_minor), sum(w.amount_minor) from referrals r
    left join rewards w on w.referral_id = r.id and w.side = 'referrer' where r.contest_id = 1 and r.status = 'approved'`.execute(
    queries,
  );
  return (performance.now() - started) / 1_000;
}

await usingBenchDatabase(engine as BenchEngine, async (database) => {
  await fillReferrals(database, Number(size), text);
  const took: number[] = [];
  for (const round of ['first', 'again']) {
    const started = performance.now();
    const cpu = process.cpuUsage();
    const server = await serverSeconds(database);
    const { created, unchanged } = await computeRewards(
      { database, clock: systemClock, run: { id: null, operator: 'bench' } },
      { contest: 'bench', dryRun: false },
    );
    const { user, system } = process.cpuUsage(cpu);
    took.push((performance.now() - started) / 1_000);
    const seconds = took.at(-1)?.toFixed(1);
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
  const written = (await copyTable(database, 'rewards')) + (await copyTable(database, 'ledger_entries'));
  const read = await readAll(database);
  const [first = 0, again = 0] = took;
  console.log(
    `  the database alone: writes it in ${written.toFixed(1)} s (${(first / written).toFixed(1)} ×), reads it in ${read.toFixed(1)} s (${(again / read).toFixed(1)} ×)`,
  );
});
