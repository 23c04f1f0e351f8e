import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

// How long `referral --version` and `referral --help` take against a Node that does nothing, in alternating runs so
// that a busy moment of the machine hits all of them. Run `npm run build` first.

const PROGRAM = resolve(import.meta.dirname, '..', 'bin', 'referral.js');
const WARM_UP = 3;

const CASES = [
  { title: 'node -e 0', args: ['-e', '0'], target: 1 },
  { title: 'referral --version', args: [PROGRAM, '--version'], target: 1.5 },
  { title: 'referral --help', args: [PROGRAM, '--help'], target: 2 },
  { title: 'referral config show --help', args: [PROGRAM, 'config', 'show', '--help'], target: undefined },
] as const;

const { values } = parseArgs({ options: { runs: { type: 'string', default: '40' } } });
const runs = Number(values.runs);
const times = CASES.map(() => [] as number[]);

for (let run = -WARM_UP; run < runs; run += 1) {
  for (const [index, { args }] of CASES.entries()) {
    const milliseconds = measure(args);
    if (run >= 0) times[index]?.push(milliseconds);
  }
}

const [empty = 0] = times.map(median);
console.log(`start-up, median of ${runs} alternating runs, Node ${process.versions.node}`);
for (const [index, { title, target }] of CASES.entries()) {
  const middle = median(times[index] ?? []);
  const ratio = middle / empty;
  const verdict =
    target === undefined ? '' : `  target ${target.toFixed(1)} ×  ${ratio <= target ? 'ok' : 'MISSED'}`;
  console.log(`${title.padEnd(28)} ${middle.toFixed(1).padStart(7)} ms  ${ratio.toFixed(2)} ×${verdict}`);
}

function measure(args: readonly string[]): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
