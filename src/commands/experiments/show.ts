import { z } from 'zod';
import { getCampaign } from '../../core/campaigns/get-campaign.ts';
import { readExperiment } from '../../core/experiments/read-experiment.ts';
import { experimentText } from '../_experiments/experiment-text.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'experiments show',
  summary: 'Show what the variants of a campaign have come to',
  description:
    'Customers and successes of each variant, as they were assigned, whatever became of their mail; the differences with intervals that hold all together; whether the groups have the sizes that the assignment gives; and, where some were held out, what the whole campaign brought. A fixed horizon shows no difference before it is over. Opens never count, nor do clicks on the unsubscribe link. No winner is a normal answer. It only reads.',
  arguments: [{ syntax: '<campaign>', description: 'the campaign' }],
  examples: [
    { line: 'referral experiments show summer-launch', explains: 'one variant: nothing to compare' },
    { line: 'referral experiments show summer-launch --json', explains: 'for a script' },
    {
      line: 'referral campaigns create july --contest summer-referral --template reminder --variant "A:subject=Your code" --variant "B:subject=Still yours" && referral experiments show july',
      explains: 'before anything was sent',
    },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object({ campaign: z.string() }),
  async run(context, { campaign: slug }) {
    const { unsubscribe } = await context.config();
    const reader = { now: context.clock.now(), unsubscribeBase: unsubscribe.base_url };
    return context.usingDatabase(async (database) => {
      const data = await database.snapshot(async (trx) =>
        readExperiment(trx, await getCampaign(trx, slug), reader),
      );
      return { kind: 'object', data, text: experimentText(data) };
    });
  },
});
