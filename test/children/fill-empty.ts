/* A process that writes megabytes in one transaction into a database where next to nothing is yet (`fill-empty.ts URL`), and waits to be killed before it commits. */
import { setTimeout as sleep } from 'node:timers/promises';
import { saveMeta } from '../../src/core/database/meta-queries.ts';
import { usingDatabase } from '../../src/core/database/open-database.ts';

const [url = ''] = process.argv.slice(2);
await usingDatabase({ url }, (database) =>
  database.transaction(
    async (transaction) => {
      await saveMeta(transaction, 'kept', 'after');
      for (let index = 0; index < 40; index += 1)
        await saveMeta(transaction, `filled ${index}`, 'x'.repeat(1_000_000));
      process.stdout.write('filled\n');
      await sleep(60_000);
    },
    { fillsEmpty: true },
  ),
);
