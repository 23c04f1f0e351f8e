/*
 * Importing a made-up export beside the database's own loader, each measured in the same run: `node bench/import.ts [sqlite|postgres] [rows]`.
 * Needs `sqlite3` or `psql`. The goals are 1.5 times `sqlite3 .import` and twice `\copy`, into a table with two unique keys.
 */
import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/core/clock.ts';
import { importCustomers } from '../src/core/customers/import-customers.ts';
import { type BenchEngine, usingBenchDatabase } from './bench-database.ts';
import { writeCustomerFile } from './customer-file.ts';

const [engine = 'sqlite', size = '1000000'] = process.argv.slice(2);
const TABLE = `create table loaded (customer_id text primary key, email text unique, first_name text, last_name text, tier text,
  country text, joined_at text, consent text, consent_at text, total_bookings text, city text)`;
const folder = await mkdtemp(join(tmpdir(), 'referral-bench-file-'));

try {
  const file = join(folder, 'customers.csv');
  await writeCustomerFile(file, Number(size), 7);
  await usingBenchDatabase(engine as BenchEngine, async (database, url) => {
    const take = () =>
      importCustomers(
        database,
        createReadStream(file),
        {
          ...{ file, map: [], onConflict: 'update', rejectsPath: undefined, reportMissing: false },
          ...{ timezone: 'UTC', dryRun: false },
        },
        {
          ...{ clock: systemClock, run: { id: null, operator: 'bench' } },
          signal: new AbortController().signal,
        },
      );
    const loader = await seconds(async () => load(file, url));
    const first = await seconds(take);
    const again = await seconds(take);
    const resident = Math.round(process.resourceUsage().maxRSS / 1_000);
    console.log(`${engine}: ${size} rows; loader ${loader.toFixed(1)} s`);
    console.log(`import ${first.toFixed(1)} s = ${(first / loader).toFixed(2)} × the loader`);
    console.log(`again ${again.toFixed(1)} s = ${(again / first).toFixed(2)} × the first time`);
    console.log(`${resident} MB resident at most`);
  });
} finally {
  await rm(folder, { recursive: true, force: true });
}

function load(file: string, url: string): void {
  if (engine === 'postgres') {
    execFileSync('psql', ['-q', url, '-c', TABLE, '-c', `\\copy loaded from '${file}' (format csv, header)`]);
    return;
  }
  const input = `${TABLE};\n.mode csv\n.import --skip 1 ${file} loaded\n`;
  execFileSync('sqlite3', [join(folder, 'loaded.db')], { input });
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return (performance.now() - before) / 1_000;
}
