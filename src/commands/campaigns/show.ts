import { z } from 'zod';
import { showCampaign } from '../../core/campaigns/show-campaign.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'campaigns show',
  summary: 'Show a campaign as it was created, and who is in doubt',
  description:
    'Template version, variants, audience, limits and plan of a campaign, every step of its review with who, when and why, and the errors of refused and doubtful deliveries, counted.',
  arguments: [{ syntax: '<slug>', description: 'the campaign' }],
  examples: [
    { line: 'referral campaigns show summer-launch', explains: 'everything about it' },
    { line: 'referral campaigns show summer-launch --json', explains: 'for a script' },
    { line: 'referral campaigns show winter', explains: 'one that does not exist', exitCode: 5 },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object({ slug: z.string() }),
  async run(context, { slug }) {
    return context.usingDatabase(async ({ queries }) => ({
      kind: 'object',
      data: await showCampaign(queries, slug),
    }));
  },
});
