import { z } from 'zod';
import { getCampaign } from '../../core/campaigns/get-campaign.ts';
import { countConcerned, retryRefused } from '../../core/campaigns/resolve-deliveries.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'campaigns retry',
  summary: 'Put refused deliveries back to pending',
  description:
    'For after the cause was mended: a blocked sender, a full quota. Refused means that the provider certainly did not take them, so nobody is mailed twice. They go out with the next `campaigns send`.',
  arguments: [{ syntax: '<slug>', description: 'the campaign' }],
  examples: [
    { line: 'referral campaigns retry summer-launch --yes', explains: 'all refused ones' },
    { line: 'referral campaigns retry summer-launch --dry-run', explains: 'how many would it be?' },
    { line: 'referral campaigns retry summer-launch', explains: 'without a confirmation', exitCode: 16 },
  ],
  exitCodes: [5, 10, 16, 17],
  changes: true,
  input: z.object({ slug: z.string() }),
  async run(context, { slug }) {
    const { clock, globals } = context;
    return context.usingRun(async (database, run) => {
      const campaign = await getCampaign(database.queries, slug);
      const people = await countConcerned(database.queries, campaign, 'refused');
      const question = `Put the ${people} refused mails of "${slug}" back to pending?`;
      await context.confirm({ question, name: slug, people });
      const data = await retryRefused(slug, { database, clock, run, dryRun: globals.dryRun });
      return {
        kind: 'object',
        data: { ...data, dry_run: globals.dryRun },
        next: [`referral campaigns send ${slug} --yes`],
      };
    });
  },
});
