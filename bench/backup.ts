/*
 * Backing up and restoring beside the database's own programs, each measured in the same run:
 * `npm run bench:backup -- [sqlite|postgres] [customers] [rounds]`; five deliveries for each customer. Needs `sqlite3` and `zstd`, or
 * `pg_dump` and `pg_restore`. The goals: create 1.5 times the peer's, restore 1.5 times pg_restore's, a second backup after one in a hundred
 * deliveries and customers changed 5 % of the bytes in 60 % of the time; 256 MB.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Database } from '../src/core/database/database.ts';
import { type BenchEngine, usingBenchDatabase } from './bench-database.ts';
import { type Ran, runProgram, runReferral } from './run-program.ts';

const [engine = 'sqlite', size = '1000000', rounds = '1'] = process.argv.slice(2) as [
  BenchEngine,
  string,
  string,
];
const customers = Number(size);
const AT = '2026-03-01T09:00:00.000Z';
const folder = await mkdtemp(join(tmpdir(), 'referral-bench-backup-'));

try {
  await usingBenchDatabase(engine, async (database, url) => {
    await fill(database);
    console.log(`${engine}: ${customers} customers, ${customers * 5} deliveries`);
    for (let round = 1; round <= Number(rounds); round += 1) await measure(database, url, round);
  });
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure(database: Database, url: string, round: number): Promise<void> {
  const store = join(folder, `store-${round}`);
  const peer = await dump(url);
  const first = await backUp(url, store);
  told('create', first.ran, peer, first);
  await change(database, round);
  const second = await backUp(url, store);
  console.log(
    `  again after 1 % changed: ${seconds(second.ran)} = ${percent(second.ran.seconds / first.ran.seconds)} of the time, ` +
      `${second.new_bytes} bytes = ${percent(second.new_bytes / first.bytes)} of the first`,
  );
  const verify = await runReferral(['backup', 'verify', second.id, '--from', store, '--json'], folder);
  console.log(`  verify: ${seconds(verify)}`);
  const peerRestore = await restorePeer(url);
  const into = await emptyTarget(database, url, round);
  const restore = await runReferral(
    ['backup', 'restore', second.id, '--from', store, '--into', into, '--json'],
    folder,
  );
  told('restore', restore, peerRestore);
}

interface Created {
  readonly id: string;
  readonly bytes: number;
  readonly new_bytes: number;
  readonly ran: Ran;
}

async function backUp(url: string, store: string): Promise<Created> {
  const ran = await runReferral(['backup', 'create', '--database', url, '--to', store, '--json'], folder);
  return { ...(JSON.parse(ran.stdout) as Omit<Created, 'ran'>), ran };
}

/** What the database's own programs take to write the same data, compressed. */
async function dump(url: string): Promise<Ran> {
  const output = join(folder, 'peer.dump');
  await rm(output, { force: true });
  if (engine === 'postgres') return runProgram('pg_dump', ['-Fc', '-f', output, url], { folder });
  const copy = join(folder, 'peer.db');
  await rm(copy, { force: true });
  const file = url.slice('sqlite:'.length);
  return runProgram(
    'sh',
    ['-c', `sqlite3 '${file}' '.backup ${copy}' && zstd -q -f -3 '${copy}' -o '${output}'`],
    {
      folder,
    },
  );
}

async function restorePeer(url: string): Promise<Ran> {
  const output = join(folder, 'peer.dump');
  if (engine === 'sqlite') {
    return runProgram('zstd', ['-q', '-d', '-f', output, '-o', join(folder, 'peer-restored.db')], { folder });
  }
  const target = url.replace(/\/[^/]*$/, '/peer_restored');
  await runProgram('psql', ['-q', url, '-c', 'drop database if exists peer_restored'], { folder });
  await runProgram('psql', ['-q', url, '-c', 'create database peer_restored'], { folder });
  const ran = await runProgram('pg_restore', ['-d', target, output], { folder });
  await runProgram('psql', ['-q', url, '-c', 'drop database peer_restored'], { folder });
  return ran;
}

async function emptyTarget({ queries }: Database, url: string, round: number): Promise<string> {
  if (engine === 'sqlite') return `sqlite:${join(folder, `restored-${round}.db`)}`;
  await sql.raw(`create database restored_${round}`).execute(queries);
  return url.replace(/\/[^/]*$/, `/restored_${round}`);
}

/** One in a hundred of the newest deliveries is settled, and one in a hundred customers, here and there, was imported anew. */
async function change({ queries }: Database, round: number): Promise<void> {
  await sql`update deliveries set status = 'refused', error = ${`round ${round}`} where id <= ${customers / 20}`.execute(
    queries,
  );
  await sql`update customers set tier = ${`tier ${round}`}, updated_at = '2026-03-02T09:00:00.000Z' where id % 100 = ${round}`.execute(
    queries,
  );
}

async function fill(database: Database): Promise<void> {
  const numbers =
    engine === 'postgres'
      ? (count: number) => sql`generate_series(1, ${sql.lit(count)}) as numbers (n)`
      : (count: number) =>
          sql`(with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${sql.lit(count)}) select n from numbers) as numbers`;
  const text = (expression: string) => sql.raw(engine === 'postgres' ? `(${expression})::text` : expression);
  const hex =
    engine === 'postgres'
      ? sql.raw(`md5(n::text) || md5((n + 1)::text)`)
      : sql.raw(`lower(hex(randomblob(32)))`);
  const json = engine === 'postgres' ? sql.raw('::jsonb') : sql.raw('');
  const time = engine === 'postgres' ? sql.raw('::timestamptz') : sql.raw('');
  await database.transaction(async (transaction) => {
    await sql`insert into customers (customer_id, email, address_key, first_name, last_name, tier, locale, country, joined_at,
        consent, consent_at, consent_source, total_bookings, total_spend, attributes, source, created_at, updated_at)
      select 'C-' || ${text('n')}, 'person' || n || '@mail' || (n % 1000) || '.example.test', 'person' || n || '@mail' || (n % 1000) || '.example.test',
        'First' || (n % 5000), 'Last' || (n % 20011), case n % 3 when 0 then 'gold' else 'basic' end, 'en', 'NL', ${AT}${time},
        'granted', ${AT}${time}, 'import', n % 17, n * 37 % 100000,
        ('{"city":"Town ' || (n % 997) || '","region":"Region ' || (n % 13) || '"}')${json}, 'import', ${AT}${time}, ${AT}${time}
      from ${numbers(customers)}`.execute(transaction);
    await sql`insert into contests (slug, name, benefit, description, status, timezone, starts_at, ends_at, rules, rules_sha256, created_at)
      values ('summer', 'Summer', 'b', '', 'active', 'UTC', ${AT}, '2027-01-01T00:00:00.000Z', '{}', '0', ${AT})`.execute(
      transaction,
    );
    await sql`insert into templates (name, version, sha256, document, created_at) values ('launch', 1, '0', '{}', ${AT})`.execute(
      transaction,
    );
    for (let campaign = 1; campaign <= 5; campaign += 1) {
      await sql`insert into campaigns (slug, contest_id, template_id, status, audience, variants, created_at)
        values (${`mailing-${campaign}`}, 1, 1, 'sent', '[]', '[]', ${AT})`.execute(transaction);
      await sql`insert into deliveries (campaign_id, customer_ref, email, address_key, address_hash, variant, status, not_before, claimed_at,
          sent_at, settled_at, provider_message_id, attempts)
        select ${sql.lit(campaign)}, n, 'person' || n || '@mail' || (n % 1000) || '.example.test', 'person' || n || '@mail' || (n % 1000) || '.example.test',
          ${hex}, 'A', 'accepted', ${AT}${time}, ${AT}${time}, ${AT}${time}, ${AT}${time}, substr(${hex}, 1, 22) || '.' || n, 1
        from ${numbers(customers)}`.execute(transaction);
    }
  });
}

function told(what: string, ran: Ran, peer: Ran, created?: Created): void {
  const bytes = created === undefined ? '' : `, ${created.bytes} bytes`;
  console.log(
    `  ${what}: ${seconds(ran)}${bytes}; the peer ${seconds(peer)}: ${(ran.seconds / peer.seconds).toFixed(2)} × its time`,
  );
}

function seconds({ seconds: taken, megabytes }: Ran): string {
  return `${taken.toFixed(2)} s, ${megabytes ?? '?'} MB`;
}

function percent(part: number): string {
  return `${(part * 100).toFixed(1)} %`;
}
