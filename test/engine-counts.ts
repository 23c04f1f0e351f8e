import type { Reporter, TestCase, TestModule } from 'vitest/node';

const SUITE = / on (sqlite|postgres)( |$)/;

/** Prints how many tests ran on each engine. */
export class EngineCounts implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = new Map<string, { passed: number; failed: number; skipped: number }>();
    for (const module of modules) {
      for (const test of module.children.allTests()) count(counts, test);
    }
    for (const [engine, { passed, failed, skipped }] of [...counts].sort()) {
      process.stdout.write(`  ${engine}: ${passed} passed, ${failed} failed, ${skipped} skipped\n`);
    }
  }
}

function count(
  counts: Map<string, { passed: number; failed: number; skipped: number }>,
  test: TestCase,
): void {
  const engine = SUITE.exec(test.fullName)?.[1];
  if (engine === undefined) return;
  const row = counts.get(engine) ?? { passed: 0, failed: 0, skipped: 0 };
  counts.set(engine, row);
  const { state } = test.result();
  if (state !== 'pending') row[state] += 1;
}
