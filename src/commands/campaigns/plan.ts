import { z } from 'zod';
import { getCampaign } from '../../core/campaigns/get-campaign.ts';
import { planCampaign } from '../../core/campaigns/plan-campaign.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'campaigns plan',
  summary: 'Say exactly who would be mailed and why the others would not',
  description:
    'Reads the audience as it is now and decides about everyone in it: recipients by variant, exclusions by reason, and the checks that a campaign has to pass. The digest binds a later `send --plan DIGEST` to exactly this. Without a rate the time is estimated at 1,000 mails a second.',
  arguments: [{ syntax: '<slug>', description: 'the campaign' }],
  examples: [
    { line: 'referral campaigns plan summer-launch', explains: 'who would be mailed' },
    { line: 'referral campaigns plan summer-launch -o july-plan.json', explains: 'keep the plan as a file' },
    {
      line: 'referral campaigns create july --contest summer-referral --template reminder && referral campaigns plan july --json',
      explains: 'a new campaign and its plan, for a script',
    },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object({ slug: z.string() }),
  async run(context, { slug }) {
    const config = await context.config();
    return context.usingDatabase(async (database) => {
      const keyring = await context.keyring(database);
      const campaign = await getCampaign(database.queries, slug);
      const dependencies = { clock: context.clock, config, keyring };
      const plan = await database.snapshot((trx) => planCampaign(trx, campaign, dependencies));
      return {
        kind: 'object',
        data: plan,
        next: [`referral campaigns send ${slug} --plan ${plan.digest}`],
      };
    });
  },
});
