/*
 * Every report over a million customers, five million events and a million bookings: the first time, and again, when what was
 * kept holds; and after a change, when only what rests on it is worked out anew. The peer is one pass over the events in the
 * same database. `node bench/reports.ts [sqlite|postgres] [customers]`. The goal: 15 s the first time, 2 s after it.
 */
import { sql } from 'kysely';
import { systemClock } from '../src/core/clock.ts';
import { parseRules } from '../src/core/contests/rules.ts';
import { buildReport } from '../src/core/reports/build-report.ts';
import { buildTableReport } from '../src/core/reports/build-table-report.ts';
import { refreshMails } from '../src/core/reports/kept-mails.ts';
import { addMilliseconds } from '../src/core/time.ts';
import { type BenchEngine, usingBenchDatabase } from './bench-database.ts';
import { fillReports } from './fill-reports.ts';
import { numbersUpTo } from './numbers-up-to.ts';

const [engine = 'sqlite', size = '1000000'] = process.argv.slice(2);
const customers = Number(size);
const NOW = '2026-08-10T10:00:00.000Z';
const QUIET = ['summary', 'trends', 'funnel', 'contest', 'campaign'] as const;
const TABLES = ['revenue', 'cohorts', 'segments', 'deliverability'] as const;

async function timed(work: () => Promise<unknown>): Promise<string> {
  const before = performance.now();
  const cpu = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  const own = engine === 'sqlite' ? ` (${Math.round((user + system) / 1_000)} ms CPU)` : '';
  return `${Math.round(performance.now() - before)} ms${own}`;
}

await usingBenchDatabase(engine as BenchEngine, async (database) => {
  console.log(
    `${engine}: ${customers} customers; filled in ${await timed(() => fillReports(database, customers))}`,
  );
  const bare = await timed(() =>
    sql`select count(*), sum(delivered) from (
      select delivery_id, max(case when type = 'delivered' then 1 else 0 end) as delivered from events group by delivery_id) x`.execute(
      database.queries,
    ),
  );
  console.log(`  one pass over the events     ${bare}`);
  // As `events import` does it.
  console.log(`  events into what is kept     ${await timed(() => refreshMails(database, systemClock))}`);
  const contest = {
    ...{ id: 1, slug: 'bench', name: 'b', status: 'active', starts_at: '2026-01-01T00:00:00.000Z' },
    ...{
      ends_at: '2026-12-01T00:00:00.000Z',
      timezone: 'Europe/Amsterdam',
      rules: parseRules({}),
      rules_sha256: 'x',
    },
  } as never;
  // Time goes on between two reports: what is kept must hold for the next minute too.
  let now = NOW;
  const base = () => ({ now, timezone: 'Europe/Amsterdam', stopwatch: systemClock });
  const reports: readonly (readonly [string, () => Promise<unknown>])[] = [
    ...QUIET.map(
      (report) =>
        [
          report,
          () =>
            buildReport(database, {
              ...{ report, ...base() },
              ...(report === 'contest' ? { contest } : {}),
              ...(report === 'campaign' ? { contest, campaign: { id: 1, slug: 'launch' } } : {}),
            }),
        ] as const,
    ),
    [
      'summary --as-of',
      () => buildReport(database, { report: 'summary', ...base(), asOf: '2026-05-01T00:00:00.000Z' }),
    ],
    [
      'summary --period',
      () =>
        buildReport(database, {
          ...{ report: 'summary', ...base() },
          period: { name: '2026-05', from: '2026-04-30T22:00:00.000Z', to: '2026-05-31T22:00:00.000Z' },
        }),
    ],
    ...TABLES.map((report) => [report, () => buildTableReport(database, { report, ...base() })] as const),
  ];
  for (const round of ['first', 'again']) {
    for (const [name, work] of reports) {
      now = addMilliseconds(now, 61_000);
      console.log(`  ${round} ${name.padEnd(22)} ${await timed(work)}`);
    }
  }
  await sql`insert into events (provider_event_id, delivery_id, type, occurred_at, machine_open, imported_at)
    select 'n' || i, i, 'clicked', ${NOW}, 0, ${NOW} from (${numbersUpTo(engine as BenchEngine, 10_000)}) as numbers`.execute(
    database.queries,
  );
  console.log(`  summary after 10,000 events   ${await timed(reports[0]?.[1] ?? (() => Promise.resolve()))}`);
  await sql`update bookings set status = 'completed' where id % 1000 = 1`.execute(database.queries);
  console.log(`  summary after 1,000 bookings  ${await timed(reports[0]?.[1] ?? (() => Promise.resolve()))}`);
});
