/*
 * A booking export taken in and attributed: every booking of a friend who is no customer yet, with one of a tenth as many codes. Beside it, in the
 * same run, what cannot be spared: the same rows read by the same reader, and written by the database into one table with the keys of bookings.
 * `node bench/contest.ts [sqlite|postgres] [bookings]`. The goal is a million in 40 seconds, in 256 MB.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { sql } from 'kysely';
import { insertRows } from '../src/core/database/insert-rows.ts';
import { type BenchEngine, usingBenchDatabase } from './bench-database.ts';
import { makeCodes, writeBookings } from './booking-file.ts';
import { runProgram } from './run-program.ts';

const [engine = 'sqlite', size = '1000000'] = process.argv.slice(2);
const bookings = Number(size);
const NOW = '2026-11-01T00:00:00.000Z';
const PROGRAM = resolve(import.meta.dirname, '../src/main.ts');

const folder = await mkdtemp(join(tmpdir(), 'referral-bench-'));
try {
  const codes = makeCodes(Math.ceil(bookings / 10));
  const file = join(folder, 'bookings.csv');
  await writeBookings(file, bookings, codes);
  await usingBenchDatabase(engine as BenchEngine, async (database, url) => {
    const { queries } = database;
    await sql`insert into contests (slug, name, benefit, description, status, timezone, starts_at, ends_at, rules, rules_sha256, created_at)
      values ('bench', 'b', 'b', '', 'active', 'UTC', '2026-06-01T00:00:00.000Z', '2026-10-01T00:00:00.000Z', '{}', 'x', ${sql.lit(NOW)})`.execute(
      queries,
    );
    await database.transaction(async (trx) => {
      await insertRows(
        trx,
        'customers',
        codes.map((_, index) => ({
          ...{
            customer_id: `C-${index}`,
            email: `c${index}@home.example`,
            address_key: `c${index}@home.example`,
          },
          ...{
            consent: 'granted' as const,
            attributes: '{}',
            source: 'import',
            created_at: NOW,
            updated_at: NOW,
          },
        })) as never,
      );
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
    const args = [
      'conversions',
      'import',
      file,
      '--contest',
      'bench',
      '--database',
      url,
      '--json',
      '--quiet',
    ];
    const flags = (process.env['BENCH_NODE_FLAGS'] ?? '').split(' ').filter((flag) => flag !== '');
    for (const what of ['first', 'again']) {
      const ran = await runProgram(process.execPath, [...flags, PROGRAM, ...args], { folder });
      const { rows, created, referrals, duration_ms } = JSON.parse(ran.stdout) as Record<string, unknown>;
      console.log(
        `${engine} ${what}: ${ran.seconds.toFixed(1)} s, ${ran.megabytes} MB, ${JSON.stringify({ rows, created, referrals, duration_ms })}`,
      );
    }
  });
} finally {
  await rm(folder, { recursive: true, force: true });
}
