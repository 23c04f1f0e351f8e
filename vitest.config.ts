import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { EngineCounts } from './test/engine-counts.ts';

const DB = 'src/**/*.db.test.ts';
const E2E = ['src/**/*.e2e.test.ts', 'test/**/*.e2e.test.ts'];

export default defineConfig({
  test: {
    // Most of the time goes into waiting for child processes and servers: vitest's default, one worker on two cores, leaves one idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // The seed is printed; `vitest run --sequence.seed N` repeats an order.
    sequence: { shuffle: { files: true, tests: true } },
    reporters: ['default', new EngineCounts()],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{src,test,bench,scripts}/**/*.test.ts'],
          exclude: [DB, ...E2E, '**/node_modules/**'],
          setupFiles: ['./test/fail-on-leaks.ts'],
          testTimeout: 30_000,
          sequence: { shuffle: true },
        },
      },
      {
        test: {
          name: 'db',
          include: [DB],
          globalSetup: ['./test/provide-postgres.ts'],
          setupFiles: ['./test/fail-on-leaks.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
          sequence: { shuffle: true },
        },
      },
      {
        test: {
          name: 'e2e',
          include: E2E,
          globalSetup: ['./test/provide-postgres.ts', './test/provide-quickstart.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { shuffle: true },
        },
      },
    ],
  },
});
