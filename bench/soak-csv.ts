import fc from 'fast-check';
import { checkHostileFile, hostileFiles, type Verdict } from '../test/hostile-csv.ts';

// Reads generated hostile files: npm run soak:csv -- 100000 [seed]. Fails on a crash, a difference that nothing explains, or a file that
// takes longer than a second; prints what became of the others.
const count = Number(process.argv[2] ?? 10_000);
const seed = Number(process.argv[3] ?? 1);
const LONGEST_MS = 1_000;
const verdicts = new Map<Verdict, number>();
let slowest = 0;

const started = performance.now();
const result = await fc.check(
  fc.asyncProperty(hostileFiles, async (file) => {
    const begun = performance.now();
    const verdict = await checkHostileFile(file);
    const took = performance.now() - begun;
    slowest = Math.max(slowest, took);
    if (took > LONGEST_MS) throw new Error(`it took ${Math.round(took)} ms`);
    verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
  }),
  { numRuns: count, seed, endOnFailure: true },
);
const seconds = (performance.now() - started) / 1_000;
console.log(
  `${result.numRuns} files, seed ${seed}, ${seconds.toFixed(1)} s, slowest ${slowest.toFixed(1)} ms`,
);
for (const [verdict, files] of [...verdicts].sort((a, b) => b[1] - a[1])) console.log(`${verdict}\t${files}`);
if (result.failed) {
  console.error(fc.defaultReportMessage(result));
  process.exitCode = 1;
}
