/*
 * A process that sends a campaign: `URL CAMPAIGN sendgrid|smtp ADDRESS NAME BATCH [POINT NTH AFTER]`. Tests kill it, or it
 * kills itself when it has come to POINT for the NTH time (in a call: AFTER milliseconds after its beginning).
 */
import { openDatabase } from '../../src/core/database/open-database.ts';
import { sleep } from '../../src/core/delivery/pace.ts';
import { openTestTransport, send } from '../campaign-fixture.ts';
import { type KillPoint, watchDatabase, watchTransport } from './kill-points.ts';

const [url = '', campaign = '', kind, address = '', name = '', batch = '10', point, nth = '1', after = '0'] =
  process.argv.slice(2);
const where = kind === 'smtp' ? { smtp: address } : { sendgrid: address };
let seen = 0;
const reach = (reached: KillPoint): void => {
  if (reached !== point) return;
  seen += 1;
  if (seen === Number(nth)) process.kill(process.pid, 'SIGKILL');
};
const opened = await openDatabase({ url });
const openedTransport = await openTestTransport(where, 2, name);
const watched = point !== undefined;
const database = watched ? watchDatabase(opened, reach) : opened;
const transport = watched ? watchTransport(openedTransport, Number(after), reach) : openedTransport;
process.stdout.write('ready\n');
const hurry = Number(process.env['REFERRAL_TEST_HURRY'] ?? 1);
const result = await send(
  database,
  campaign,
  transport,
  { batchSize: Number(batch) },
  { sleep: (milliseconds, signal) => sleep(milliseconds / hurry, signal) },
);
process.stdout.write(`${result.end} ${result.failure?.code ?? ''}\n`);
await transport.close();
await opened.close();
