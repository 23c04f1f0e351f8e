import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { clockAt } from '../src/core/clock.ts';
import { importCustomers } from '../src/core/customers/import-customers.ts';
import type { Database } from '../src/core/database/database.ts';

/** Imports a file of customers to its end, and says in one line what came of it. */
export async function importFile(
  database: Database,
  { file, rejects }: { readonly file: string; readonly rejects: string },
  onProgress?: () => void,
): Promise<string> {
  const { rows, created, updated, unchanged, rejected } = await importCustomers(
    database,
    createReadStream(file),
    {
      bytes: (await stat(file)).size,
      ...{ file, map: [], onConflict: 'update', rejectsPath: rejects, reportMissing: false },
      ...{ timezone: 'UTC', dryRun: false },
    },
    {
      // Always the same time, so that rows of two runs can be compared as a whole.
      ...{ clock: clockAt('2026-06-01T12:00:00.000Z'), run: { id: null, operator: 'test' } },
      signal: new AbortController().signal,
      ...(onProgress === undefined ? {} : { onProgress }),
    },
  );
  return JSON.stringify({ rows, created, updated, unchanged, rejected });
}
