/* A process that sends a campaign (`URL CAMPAIGN SENDGRID_URL BATCH [CHECKPOINT NTH]`); tests kill it, or it kills itself at a checkpoint. */
import { openDatabase } from '../../src/core/database/open-database.ts';
import type { Checkpoint } from '../../src/core/delivery/send-loop.ts';
import { openTestTransport, send } from '../campaign-fixture.ts';

const [url = '', campaign = '', server = '', batch = '10', point, nth = '1'] = process.argv.slice(2);
const database = await openDatabase({ url });
const transport = await openTestTransport({ sendgrid: server });
process.stdout.write('ready\n');
let seen = 0;
const checkpoint = (reached: Checkpoint): void => {
  if (reached !== point) return;
  seen += 1;
  if (seen === Number(nth)) process.kill(process.pid, 'SIGKILL');
};
const result = await send(database, campaign, transport, { batchSize: Number(batch) }, { checkpoint });
process.stdout.write(`${result.end} ${result.failure?.code ?? ''}\n`);
await transport.close();
await database.close();
