/* A process that adds one to `meta.count` in TIMES transactions that each read and then write: `count.ts URL TIMES`. */
import { findMeta, saveMeta } from '../../src/core/database/meta-queries.ts';
import { usingDatabase } from '../../src/core/database/open-database.ts';

const [url = '', times = ''] = process.argv.slice(2);
await usingDatabase({ url }, async (database) => {
  process.stdout.write('ready\n');
  for (let at = 0; at < Number(times); at += 1) {
    await database.transaction(async (transaction) => {
      const count = Number((await findMeta(transaction, 'count')) ?? 0);
      await saveMeta(transaction, 'count', String(count + 1));
    });
  }
});
