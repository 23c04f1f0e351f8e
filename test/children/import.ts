/* A process that imports customers (`import.ts URL FILE REJECTS [POINT NTH]`); tests kill it, or it kills itself at a point. */
import { createReadStream } from 'node:fs';
import { clockAt } from '../../src/core/clock.ts';
import { importCustomers } from '../../src/core/customers/import-customers.ts';
import type { Database } from '../../src/core/database/database.ts';
import { usingDatabase } from '../../src/core/database/open-database.ts';

const [url = '', file = '', rejectsPath = '', point, nth = '1'] = process.argv.slice(2);
await Promise.all([import('kysely'), import('pg'), import('pg-cursor'), import('better-sqlite3')]);
let batches = 0;

function reach(reached: string): void {
  if (reached === point && (reached !== 'batch' || batches === Number(nth)))
    process.kill(process.pid, 'SIGKILL');
}

/** The database, which dies just before or just after it commits when it is told to. */
function mortal(database: Database): Database {
  return {
    ...database,
    async transaction(work, options) {
      const result = await database.transaction(async (transaction) => {
        const done = await work(transaction);
        process.stdout.write('committing\n');
        reach('before_commit');
        return done;
      }, options);
      reach('after_commit');
      return result;
    },
  };
}

await usingDatabase({ url }, async (database) => {
  process.stdout.write('ready\n');
  const { rows, created, updated, unchanged, rejected } = await importCustomers(
    mortal(database),
    createReadStream(file),
    {
      ...{ file, map: [], onConflict: 'update', rejectsPath, reportMissing: false },
      ...{ timezone: 'UTC', dryRun: false },
    },
    {
      // Always the same time, so that rows of two runs can be compared as a whole.
      ...{ clock: clockAt('2026-06-01T12:00:00.000Z'), run: { id: null, operator: 'test' } },
      signal: new AbortController().signal,
      onProgress() {
        batches += 1;
        reach('batch');
      },
    },
  );
  process.stdout.write(`${JSON.stringify({ rows, created, updated, unchanged, rejected })}\n`);
});
