/* A process that migrates one database after the other, each named by a line of standard input; tests kill it or run two at once. */
import { createInterface } from 'node:readline';
import { systemClock } from '../../src/core/clock.ts';
import { migrateDatabase } from '../../src/core/database/migrate-database.ts';
import { usingDatabase } from '../../src/core/database/open-database.ts';
import { systemRandom } from '../../src/core/random.ts';

// Loading takes longer than the work: a test kills within the work.
const isPostgres = process.argv[2] === 'postgres';
await Promise.all([
  import('kysely'),
  ...(isPostgres ? [import('pg'), import('pg-cursor')] : [import('better-sqlite3')]),
]);
process.stdout.write('ready\n');
for await (const url of createInterface({ input: process.stdin })) {
  const { applied } = await usingDatabase({ url, migrations: 'skip', create: true }, (database) =>
    migrateDatabase(database, { clock: systemClock, random: systemRandom, programVersion: '0.0.0' }),
  );
  process.stdout.write(`applied ${applied.length}\n`);
}
