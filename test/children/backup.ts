/* A process that makes a backup (`create URL FOLDER`) or restores one (`restore URL FOLDER ID`); tests kill it. */

import { checkArchive } from '../../src/core/backup/check-archive.ts';
import { createBackup } from '../../src/core/backup/create-backup.ts';
import { findBackup } from '../../src/core/backup/find-backup.ts';
import { restoreBackup } from '../../src/core/backup/restore-backup.ts';
import { createFolderStore } from '../../src/core/backup/stores/folder-store.ts';
import { systemClock } from '../../src/core/clock.ts';
import { DEFAULT_DATABASE_CONFIG } from '../../src/core/database/database-config.ts';
import { usingDatabase } from '../../src/core/database/open-database.ts';
import { systemRandom } from '../../src/core/random.ts';

const [what = '', url = '', folder = '', id = ''] = process.argv.slice(2);
await Promise.all([import('kysely'), import('pg'), import('pg-cursor'), import('better-sqlite3')]);
process.stdout.write('ready\n');
const store = createFolderStore(folder, systemRandom);
if (what === 'create') {
  await usingDatabase({ url }, (database) =>
    createBackup({ database, store, clock: systemClock, programVersion: '1.0.0' }),
  );
} else {
  const found = await findBackup(id, store, folder, systemRandom);
  await restoreBackup(url, {
    id: found.id,
    ...(await checkArchive(found)),
    clock: systemClock,
    random: systemRandom,
    run: { id: null, operator: 'op' },
    programVersion: '1.0.0',
    config: DEFAULT_DATABASE_CONFIG,
  });
}
process.stdout.write('done\n');
