/*
 * Importing a made-up export beside the database's own loader, each measured in the same run: `npm run bench:import -- [sqlite|postgres] [rows] [rounds]`.
 * Needs `sqlite3` or `psql`. The goals are 1.5 times `sqlite3 .import` and twice `\copy`, into a table with the same two unique keys, in 200 MB.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BenchEngine, usingBenchUrl } from './bench-database.ts';
import { writeCustomerFile } from './customer-file.ts';
import { type Ran, runProgram, runReferral } from './run-program.ts';

const [engine = 'sqlite', size = '1000000', rounds = '3'] = process.argv.slice(2);
const TABLE = `create table loaded (customer_id text primary key, email text unique, first_name text, last_name text, tier text,
  country text, joined_at text, consent text, consent_at text, total_bookings text, city text)`;
const folder = await mkdtemp(join(tmpdir(), 'referral-bench-file-'));
const ratios: number[] = [];

try {
  const file = join(folder, 'customers.csv');
  await writeCustomerFile(file, Number(size), 7);
  for (let round = 1; round <= Number(rounds); round += 1) {
    await usingBenchUrl(engine as BenchEngine, async (url) => {
      const loader = await load(file, url);
      const importing = ['customers', 'import', file, '--database', url, '--json'];
      const first = await runReferral(importing, folder);
      const again = await runReferral(importing, folder);
      ratios.push(first.seconds / loader.seconds);
      console.log(`${engine}, ${size} rows, round ${round}: loader ${told(loader)}`);
      console.log(`  import ${told(first)} = ${(first.seconds / loader.seconds).toFixed(2)} × the loader`);
      console.log(`  again ${told(again)} = ${(again.seconds / first.seconds).toFixed(2)} × the first time`);
    });
  }
  const middle = ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? Number.NaN;
  console.log(`${engine}: median ${middle.toFixed(2)} × the loader`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

function told({ seconds, megabytes }: Ran): string {
  return `${seconds.toFixed(2)} s, ${megabytes ?? '?'} MB`;
}

async function load(file: string, url: string): Promise<Ran> {
  if (engine === 'postgres') {
    const copy = `\\copy loaded from '${file}' (format csv, header)`;
    const ran = await runProgram('psql', ['-q', url, '-c', TABLE, '-c', copy], { folder });
    await runProgram('psql', ['-q', url, '-c', 'drop table loaded'], { folder });
    return ran;
  }
  const loaded = join(folder, 'loaded.db');
  await rm(loaded, { force: true });
  const input = `${TABLE};\n.mode csv\n.import --skip 1 ${file} loaded\n`;
  return runProgram('sqlite3', [loaded], { folder, input });
}
