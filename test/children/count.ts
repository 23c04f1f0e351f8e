/*
 * A process that in each of TIMES transactions reads and then writes, `count.ts URL TIMES`: it appends to the audit log, whose
 * entries name the one before, and adds one to `meta.count`.
 */
import { appendAudit } from '../../src/core/audit/append-audit.ts';
import { systemClock } from '../../src/core/clock.ts';
import { findMeta, saveMeta } from '../../src/core/database/meta-queries.ts';
import { usingDatabase } from '../../src/core/database/open-database.ts';

const [url = '', times = ''] = process.argv.slice(2);
const run = { id: null, operator: `process ${process.pid}` };
await usingDatabase({ url }, async (database) => {
  process.stdout.write('ready\n');
  for (let at = 0; at < Number(times); at += 1) {
    await database.transaction(async (transaction) => {
      // On PostgreSQL this is what keeps the others out until the transaction ends; on SQLite its beginning does.
      await appendAudit(transaction, systemClock, run, {
        action: 'counted',
        subject: String(at),
        details: {},
      });
      const count = Number((await findMeta(transaction, 'count')) ?? 0);
      await saveMeta(transaction, 'count', String(count + 1));
    });
  }
});
