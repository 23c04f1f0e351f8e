/* A process that imports customers (`import.ts URL FILE REJECTS [POINT NTH]`); tests kill it, or it kills itself at a point. */
import type { Database } from '../../src/core/database/database.ts';
import { usingDatabase } from '../../src/core/database/open-database.ts';
import { importFile } from '../import-file.ts';

const [url = '', file = '', rejects = '', point, nth = '1'] = process.argv.slice(2);
await Promise.all([
  import('kysely'),
  ...(url.startsWith('sqlite:') ? [import('better-sqlite3')] : [import('pg'), import('pg-cursor')]),
]);
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
  const line = await importFile(mortal(database), { file, rejects }, () => {
    batches += 1;
    reach('batch');
  });
  process.stdout.write(`${line}\n`);
});
