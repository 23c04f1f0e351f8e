/*
 * A booking export taken in and attributed, the same file again, and a replay of all referrals by other fraud rules. Beside them, in the same run,
 * what cannot be spared: the database's own loader, which puts the file into a table with the keys of bookings, and a bare select of what a
 * replay looks at, in booking order. Needs `sqlite3` or `psql`. `npm run bench:contest -- [sqlite|postgres] [bookings]`.
 * The goals for a million are 40 s for the import and 30 s for the replay, in memory that does not grow with the bookings.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { sql } from 'kysely';
import type { Database } from '../src/core/database/database.ts';
import { insertRows } from '../src/core/database/insert-rows.ts';
import { type BenchEngine, usingBenchDatabase } from './bench-database.ts';
import { makeCodes, participantEmail, writeBookings } from './booking-file.ts';
import { cpuSeconds, type Ran, runProgram } from './run-program.ts';

const [engine = 'sqlite', size = '1000000'] = process.argv.slice(2);
const bookings = Number(size);
const NOW = '2026-11-01T00:00:00.000Z';
const PROGRAM = resolve(import.meta.dirname, '../src/main.ts');
const TABLE = `create table loaded (booking_reference text primary key, email text, code text, amount text, currency text,
  status text, booked_at text, completed_at text, updated_at text, city text);
  create index loaded_by_code on loaded (code); create index loaded_by_email on loaded (email, booked_at)`;
const RULES = {
  fraud: {
    default: 'hold',
    velocity: { action: 'hold', max_per_hour: 10, max_per_day: 20, max_per_burst: 5 },
    cluster: { action: 'hold', max_size: 2 },
    public_code: { action: 'hold', max_domains: 20, max_places: 5 },
    cancellations: { action: 'hold', max: 3 },
  },
};

const folder = await mkdtemp(join(tmpdir(), 'referral-bench-'));
try {
  const codes = makeCodes(Math.ceil(bookings / 10));
  const file = join(folder, 'bookings.csv');
  const rules = join(folder, 'rules.json');
  await writeBookings(file, bookings, codes);
  await writeFile(rules, JSON.stringify(RULES));
  await usingBenchDatabase(engine as BenchEngine, async (database, url) => {
    await createContest(database, codes);
    const where = ['--contest', 'bench', '--database', url, '--json', '--quiet'];
    const loader = await measure(database, () => load(file, url));
    tell('loader', loader);
    for (const what of ['import', 'import again']) {
      const ran = await measure(database, () => run(['conversions', 'import', file, ...where]));
      tell(what, ran, loader);
    }
    const select = await measure(database, () => selectAll(url));
    tell('select', select);
    const args = ['fraud', 'replay', '--rules', rules, '--limit', '20', ...where];
    const replay = await measure(database, () => run(args));
    tell('replay', replay, select);
    const { referrals, changed, transitions } = JSON.parse(replay.stdout) as Record<string, unknown>;
    console.log(`  ${JSON.stringify({ referrals, changed, transitions })}`);
  });
} finally {
  await rm(folder, { recursive: true, force: true });
}

function run(args: readonly string[]): Promise<Ran> {
  return runProgram(process.execPath, [PROGRAM, ...args], { folder });
}

interface Measured extends Ran {
  /** Of the database server, where there is one. */
  readonly serverSeconds: number;
}

/** CPU of the server is what its ended connections have used, so `work` has to end with its connections closed. */
async function measure(database: Database, work: () => Promise<Ran>): Promise<Measured> {
  const server = engine === 'postgres' ? await findServer(database) : undefined;
  const before = cpuSeconds(server, 'children') ?? 0;
  const ran = await work();
  return { ...ran, serverSeconds: (cpuSeconds(server, 'children') ?? 0) - before };
}

/** The process whose children are the connections. */
async function findServer({ queries }: Database): Promise<number | undefined> {
  const { rows } = await sql<{
    pid: number;
  }>`select split_part(pg_read_file('postmaster.pid'), E'\n', 1)::int as pid`.execute(queries);
  return rows[0]?.pid;
}

function tell(what: string, ran: Measured, peer?: Measured): void {
  const cpu = `${(ran.cpuSeconds ?? 0).toFixed(1)} s of CPU${engine === 'postgres' ? ` and ${ran.serverSeconds.toFixed(1)} s of the server's` : ''}`;
  const ratio = peer === undefined ? '' : ` = ${(ran.seconds / peer.seconds).toFixed(2)} ×`;
  console.log(
    `${engine}, ${bookings} bookings, ${what}: ${ran.seconds.toFixed(1)} s${ratio}, ${cpu}, ${ran.megabytes ?? '?'} MB`,
  );
}

function load(file: string, url: string): Promise<Ran> {
  if (engine === 'postgres') {
    const copy = `\\copy loaded from '${file}' (format csv, header)`;
    return runProgram('psql', ['-q', url, '-c', TABLE, '-c', copy, '-c', 'drop table loaded'], { folder });
  }
  const input = `${TABLE};\n.mode csv\n.import --skip 1 ${file} loaded\n`;
  return runProgram('sqlite3', [join(folder, 'loaded.db')], { folder, input });
}

/** The columns that a replay compares, of every booking with its people, in booking order. */
function selectAll(url: string): Promise<Ran> {
  const statement = `select b.id, b.amount_minor, b.status, b.booked_at, r.status, r.reason, f.email, f.phone, o.email, o.phone
    from bookings b join codes c on c.code = b.code join customers f on f.id = b.customer_ref join customers o on o.id = c.customer_ref
    left join referrals r on r.contest_id = 1 and r.booking_id = b.id order by b.booked_at, b.booking_reference`;
  if (engine === 'postgres') {
    const copy = `\\copy (${statement.replaceAll('\n', ' ')}) to '/dev/null'`;
    return runProgram('psql', ['-q', url, '-c', copy], { folder });
  }
  return runProgram('sqlite3', [url.replace(/^sqlite:/, '')], {
    folder,
    input: `.output /dev/null\n${statement};\n`,
  });
}

async function createContest(database: Database, codes: readonly string[]): Promise<void> {
  const { queries } = database;
  await sql`insert into contests (slug, name, benefit, description, status, timezone, starts_at, ends_at, rules, rules_sha256, created_at)
    values ('bench', 'b', 'b', '', 'active', 'UTC', '2026-06-01T00:00:00.000Z', '2026-10-01T00:00:00.000Z', '{}', 'x', ${sql.lit(NOW)})`.execute(
    queries,
  );
  await database.transaction(async (trx) => {
    const people = codes.map((_, index) => ({
      ...{ customer_id: `C-${index}`, email: participantEmail(index), address_key: participantEmail(index) },
      ...{
        consent: 'granted' as const,
        attributes: '{}',
        source: 'import',
        created_at: NOW,
        updated_at: NOW,
      },
    }));
    await insertRows(trx, 'customers', people as never);
    await insertRows(
      trx,
      'codes',
      codes.map((code, index) => ({
        ...{ code, contest_id: 1, customer_ref: index + 1, status: 'active' as const },
        ...{ created_at: NOW, expires_at: '2027-06-01T00:00:00.000Z', revoked_at: null },
      })),
    );
  });
  if (engine === 'postgres') await sql`vacuum analyze`.execute(queries);
}
