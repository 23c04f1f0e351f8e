/*
 * How sending scales with senders: one, two and four processes against one database and a loopback SendGrid that takes its time to answer, each
 * with as many mails per sender: `node bench/senders.ts [sqlite|postgres] [mails each] [milliseconds an answer takes]`.
 */

import { createAudience, createTestCampaign, freeze, statesOf } from '../test/campaign-fixture.ts';
import { startChild } from '../test/children/start-child.ts';
import { type BenchEngine, usingBenchDatabase } from './bench-database.ts';
import { usingSinks } from './using-sinks.ts';

const [engine = 'postgres', each = '20000', answer = '250'] = process.argv.slice(2);
const SENDERS = [1, 2, 4] as const;
const rates: number[] = [];

await usingSinks(Number(answer), async ({ sendgrid }) => {
  for (const senders of SENDERS) {
    await usingBenchDatabase(engine as BenchEngine, async (database, url) => {
      const mails = Number(each) * senders;
      await createAudience(database, mails);
      await createTestCampaign(database, 'launch');
      await freeze(database, 'launch');
      const children = Array.from({ length: senders }, () =>
        startChild('send.ts', [url, 'launch', 'sendgrid', sendgrid, 'SG.test', '100']),
      );
      await Promise.all(children.map(({ ready }) => ready));
      const started = performance.now();
      await Promise.all(children.map(({ ended }) => ended));
      const rate = mails / ((performance.now() - started) / 1_000);
      rates.push(rate);
      const { accepted } = await statesOf(database, 'launch');
      if (accepted !== mails) throw new Error(`${accepted} of ${mails} mails were accepted`);
      const times = (rate / (rates[0] ?? rate)).toFixed(2);
      console.log(
        `${engine}, ${senders} sender${senders === 1 ? '' : 's'}: ${Math.round(rate)}/s = ${times} × one`,
      );
    });
  }
});
