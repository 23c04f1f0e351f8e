/* A process that sends a campaign into nothing and prints when each batch left: `URL CAMPAIGN`. */
import { openDatabase } from '../../src/core/database/open-database.ts';
import type { Transport } from '../../src/core/delivery/transport.ts';
import { send } from '../campaign-fixture.ts';

const [url = '', campaign = ''] = process.argv.slice(2);
const database = await openDatabase({ url });
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
const transport: Transport = {
  name: 'sendgrid',
  target: 'nowhere',
  async deliver(_, mails) {
    process.stdout.write(`${Date.now()} ${mails.length}\n`);
    return { outcomes: mails.map(() => ({ kind: 'accepted', messageId: null })) };
  },
  close: () => Promise.resolve(),
};
await send(database, campaign, transport, { concurrency: 4, batchSize: 100 }, { signal: stop.signal });
await database.close();
