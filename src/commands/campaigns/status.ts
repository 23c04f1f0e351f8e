import { z } from 'zod';
import { readCampaignStatus } from '../../core/campaigns/campaign-status.ts';
import { getCampaign } from '../../core/campaigns/get-campaign.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'campaigns status',
  summary: 'Show where every recipient of a campaign is',
  description:
    'Totals of the campaign: planned = pending + accepted + refused + in_doubt + skipped; and, of the accepted, what the provider has reported, each recipient once, opens by machines left out. `converted` counts recipients whose code a friend has booked with since.',
  arguments: [{ syntax: '<slug>', description: 'the campaign' }],
  options: [
    { flags: '--exit-code', description: 'end with 6 when anything is pending, refused or in doubt' },
  ],
  examples: [
    { line: 'referral campaigns status summer-launch', explains: 'the figures' },
    { line: 'referral campaigns status summer-launch --json', explains: 'for a script' },
    { line: 'referral campaigns status summer-launch --format csv', explains: 'for a spreadsheet' },
  ],
  exitCodes: [5, 6, 10],
  changes: false,
  input: z.object({ slug: z.string(), exitCode: z.boolean().default(false) }),
  async run(context, { slug, exitCode }) {
    return context.usingDatabase(async ({ queries }) => {
      const data = await readCampaignStatus(queries, await getCampaign(queries, slug));
      const isOpen = data.pending + data.refused + data.in_doubt > 0;
      return { kind: 'object', data, exitCode: exitCode && isOpen ? 6 : 0 };
    });
  },
});
