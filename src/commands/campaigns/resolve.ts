import { z } from 'zod';
import { getCampaign } from '../../core/campaigns/get-campaign.ts';
import { countConcerned, resolveDoubts } from '../../core/campaigns/resolve-deliveries.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'campaigns resolve',
  summary: 'Settle deliveries in doubt by an operator’s word',
  description:
    'A delivery is in doubt when a crash or a time-out hid the provider’s answer. Import its events first: they are evidence. What is left, somebody has to decide: `sent` counts them as accepted, `resend` mails them with the next `campaigns send`, some perhaps a second time. The decision is recorded with your name.',
  arguments: [{ syntax: '<slug>', description: 'the campaign' }],
  options: [
    { flags: '--in-doubt <word>', description: 'what is to be believed', choices: ['sent', 'resend'] },
  ],
  examples: [
    {
      line: 'referral campaigns resolve summer-launch --in-doubt sent --confirm summer-launch',
      explains: 'they went out, as far as anybody can tell',
    },
    {
      line: 'referral campaigns resolve summer-launch --in-doubt resend --confirm summer-launch',
      explains: 'better twice than never',
    },
    {
      line: 'referral campaigns resolve summer-launch --in-doubt resend --dry-run',
      explains: 'how many would it be?',
    },
  ],
  exitCodes: [5, 10, 16, 17],
  changes: true,
  input: z.object({
    slug: z.string(),
    inDoubt: z.enum(['sent', 'resend'], { error: 'is required: --in-doubt sent|resend' }),
  }),
  async run(context, { slug, inDoubt }) {
    const { clock, globals } = context;
    return context.usingRun(async (database, run) => {
      const campaign = await getCampaign(database.queries, slug);
      const people = await countConcerned(database.queries, campaign, 'in_doubt');
      const question = `Take the ${people} mails in doubt of "${slug}" as ${inDoubt === 'sent' ? 'sent' : 'to be sent again'}?`;
      await context.confirm({ question, name: slug, people, irreversible: true });
      const dependencies = { database, clock, run, dryRun: globals.dryRun };
      const data = await resolveDoubts(slug, inDoubt, dependencies);
      return {
        kind: 'object',
        data: { ...data, in_doubt: inDoubt, dry_run: globals.dryRun },
        next: inDoubt === 'resend' ? [`referral campaigns send ${slug} --yes`] : [],
      };
    });
  },
});
