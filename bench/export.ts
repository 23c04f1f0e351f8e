/*
 * Exporting customers beside the database's own program, each measured in the same run: `npm run bench:export -- [sqlite|postgres] [rows] [rounds]`.
 * Needs `sqlite3` or `psql`, which select the same columns of the same rows in the same order as CSV. The goal is 1.5 times theirs, in 200 MB.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CUSTOMER_COLUMNS } from '../src/core/customers/customer-row.ts';
import { type BenchEngine, usingBenchUrl } from './bench-database.ts';
import { writeCustomerFile } from './customer-file.ts';
import { type Ran, runProgram, runReferral } from './run-program.ts';

const [engine = 'sqlite', size = '1000000', rounds = '3'] = process.argv.slice(2);
const WRITERS: readonly (readonly [name: string, file: string, ...options: string[]])[] = [
  ['csv', 'customers.csv'],
  ['csv --raw', 'customers.csv', '--raw'],
  ['ndjson', 'customers.ndjson', '--format', 'ndjson'],
  ['json', 'customers.json', '--format', 'json'],
  ['xlsx', 'customers.xlsx'],
];
const spend =
  engine === 'postgres' ? '(total_spend / 100.0)::numeric(20, 2)' : "printf('%.2f', total_spend / 100.0)";
const columns = [
  ...CUSTOMER_COLUMNS.map((name) => (name === 'total_spend' ? spend : name)),
  `attributes ->> 'city'`,
];
// JSON has these too.
const more = ['source', 'erased_at', 'created_at', 'updated_at'];
const folder = await mkdtemp(join(tmpdir(), 'referral-bench-export-'));

try {
  const file = join(folder, 'made-up.csv');
  await writeCustomerFile(file, Number(size), 7);
  await usingBenchUrl(engine as BenchEngine, async (url) => {
    await runReferral(['customers', 'import', file, '--database', url, '--json'], folder);
    const ratios = new Map<string, number[]>();
    for (let round = 1; round <= Number(rounds); round += 1) {
      for (const [name, output, ...options] of WRITERS) {
        const peer = await select(name.includes('json') ? [...columns, ...more] : columns, url);
        const exporting = ['customers', 'export', '--database', url, '--output', output, '--force'];
        const ours = await runReferral([...exporting, ...options], folder);
        const ratio = ours.seconds / peer.seconds;
        ratios.set(name, [...(ratios.get(name) ?? []), ratio]);
        console.log(`${engine}, ${size} rows, round ${round}: select ${told(peer)}`);
        console.log(`  ${name} ${told(ours)} = ${ratio.toFixed(2)} × the select`);
      }
    }
    for (const [name, list] of ratios) {
      const middle = list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;
      console.log(`${engine}: ${name}: median ${middle.toFixed(2)} × the select`);
    }
  });
} finally {
  await rm(folder, { recursive: true, force: true });
}

function told({ seconds, megabytes }: Ran): string {
  return `${seconds.toFixed(2)} s, ${megabytes ?? '?'} MB`;
}

function select(list: readonly string[], url: string): Promise<Ran> {
  const query = `select ${list.join(', ')} from customers order by customer_id`;
  const output = join(folder, 'peer.csv');
  return engine === 'postgres'
    ? runProgram('psql', ['-q', url, '-c', `\\copy (${query}) to '${output}' (format csv, header)`], {
        folder,
      })
    : runProgram('sqlite3', [url.slice('sqlite:'.length)], {
        folder,
        input: `.headers on\n.mode csv\n.output ${output}\n${query};\n`,
      });
}
