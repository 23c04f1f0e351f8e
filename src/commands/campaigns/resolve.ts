import { z } from 'zod';
import { getCampaign } from '../../core/campaigns/get-campaign.ts';
import { countConcerned, resolveDoubts } from '../../core/campaigns/resolve-deliveries.ts';
import { sleep } from '../../core/delivery/pace.ts';
import { ReferralError } from '../../core/errors.ts';
import { defineCommand } from '../_runtime/command.ts';
import type { Context } from '../_runtime/context.ts';
import type { Result } from '../_runtime/result.ts';
import { showProgress } from '../_runtime/show-progress.ts';

export const command = defineCommand({
  name: 'campaigns resolve',
  summary: 'Settle deliveries in doubt by an operator’s word',
  description:
    'A delivery is in doubt when a crash or a time-out hid the provider’s answer. Import its events first: they are evidence. `look-up` searches SendGrid’s own log, where sendgrid.email_activity is on; what it finds is accepted, what it does not find stays in doubt. What is left, somebody has to decide: `sent` counts them as accepted, `resend` mails them with the next `campaigns send`, some perhaps a second time. The decision is recorded with your name.',
  arguments: [{ syntax: '<slug>', description: 'the campaign' }],
  options: [
    {
      flags: '--in-doubt <word>',
      description: 'what is to be believed',
      choices: ['sent', 'resend', 'look-up'],
    },
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
  exitCodes: [4, 5, 10, 15, 16, 17],
  changes: true,
  input: z.object({
    slug: z.string(),
    inDoubt: z.enum(['sent', 'resend', 'look-up'], { error: 'is required: --in-doubt sent|resend|look-up' }),
  }),
  async run(context, { slug, inDoubt }): Promise<Result> {
    if (inDoubt === 'look-up') return lookUp(context, slug);
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

/** Asks the provider instead of the operator. */
async function lookUp(context: Context, slug: string): Promise<Result> {
  const { clock, globals, signal } = context;
  const { sendgrid } = await context.config();
  if (sendgrid.email_activity === 'off') {
    throw new ReferralError('configuration_invalid', 'Looking up is not set up', {
      reason: 'sendgrid.email_activity is off',
      hint: 'Where the account has the add-on for email activity history, set REFERRAL_SENDGRID_EMAIL_ACTIVITY=on.',
    });
  }
  const [{ createActivitySearch }, { lookUpDoubts }] = await Promise.all([
    import('../../core/delivery/sendgrid-activity.ts'),
    import('../../core/delivery/look-up-doubts.ts'),
  ]);
  const apiKey = await context.getSecret('SENDGRID_API_KEY');
  const findTaken = createActivitySearch({ apiKey, baseUrl: sendgrid.base_url, clock, sleep, signal });
  return context.usingRun(async (database, run) => {
    const data = await showProgress(context, `looking up ${slug}`, (onProgress) =>
      lookUpDoubts(slug, { database, clock, run, dryRun: globals.dryRun, findTaken, onProgress }),
    );
    return {
      kind: 'object',
      data: { ...data, in_doubt: 'look-up', dry_run: globals.dryRun },
      next: data.left > 0 ? [`referral campaigns resolve ${slug} --in-doubt sent`] : [],
    };
  });
}
