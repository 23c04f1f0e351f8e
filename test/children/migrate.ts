/* A process that migrates the database of its argument; tests kill it or run two at once. */
import { systemClock } from '../../src/core/clock.ts';
import { migrateDatabase } from '../../src/core/database/migrate-database.ts';
import { usingDatabase } from '../../src/core/database/open-database.ts';
import { systemRandom } from '../../src/core/random.ts';

const url = process.argv[2] ?? '';
// Loading takes longer than the work: a test kills within the work.
await Promise.all([import('kysely'), import('pg'), import('pg-cursor'), import('better-sqlite3')]);
process.stdout.write('ready\n');
const { applied } = await usingDatabase({ url, migrations: 'skip', create: true }, (database) =>
  migrateDatabase(database, { clock: systemClock, random: systemRandom, programVersion: '0.0.0' }),
);
process.stdout.write(`applied ${applied.length}\n`);
