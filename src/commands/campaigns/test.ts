import { z } from 'zod';
import { getCampaign } from '../../core/campaigns/get-campaign.ts';
import { loadTestValues } from '../../core/campaigns/load-test-values.ts';
import { TRANSPORT_NAMES } from '../../core/delivery/create-transport.ts';
import { appendTestAudit } from '../../core/delivery/record-test.ts';
import { sendTest } from '../../core/delivery/send-test.ts';
import { ReferralError } from '../../core/errors.ts';
import { openTransport, TRANSPORT_OPTION } from '../_campaigns/open-transport.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'campaigns test',
  summary: 'Send a campaign to seed addresses, to look at it',
  description:
    'Sends every variant to the addresses given, filled with sample data or with the data of one customer. Tests are no deliveries: they count in no figure, and sending them needs no plan and no approval.',
  arguments: [{ syntax: '<slug>', description: 'the campaign' }],
  options: [
    { flags: '--to <address>', description: 'where to', repeatable: true },
    { flags: '--customer <id>', description: 'with the data of this customer instead of sample data' },
    TRANSPORT_OPTION,
  ],
  examples: [
    {
      line: 'referral campaigns test summer-launch --to me@example.test',
      explains: 'as .eml files in the outbox',
    },
    {
      line: 'referral campaigns test summer-launch --to me@example.test --customer C-0001',
      explains: 'with the data of one customer',
    },
    {
      line: 'referral campaigns test summer-launch --to a@example.test --to b@example.test --json',
      explains: 'to two people',
    },
  ],
  exitCodes: [3, 4, 5, 10, 15],
  changes: true,
  input: z.object({
    slug: z.string(),
    to: z.array(z.email()).min(1, 'is required: --to ADDRESS').default([]),
    customer: z.string().optional(),
    transport: z.enum(TRANSPORT_NAMES).default('outbox'),
  }),
  async run(context, { slug, to, customer, transport: name }) {
    if (to.length === 0)
      throw new ReferralError('usage', '--to is required', { hint: 'Add --to you@your-domain.' });
    const config = await context.config();
    const transport = await openTransport(context, name, 1);
    return context
      .usingRun(async (database, run) => {
        const { queries } = database;
        const { clock, globals, random } = context;
        const campaign = await getCampaign(queries, slug);
        const keyring = await context.keyring(database);
        const values = await loadTestValues(queries, campaign, customer, { config, keyring });
        if (globals.dryRun) {
          const data = { campaign: slug, accepted: 0, refused: 0, in_doubt: 0, errors: [], dry_run: true };
          return { kind: 'object' as const, data };
        }
        const result = await sendTest(queries, campaign, to, values, { transport, random });
        await appendTestAudit(database, clock, run, slug, to.length);
        const exitCode = result.refused + result.in_doubt > 0 ? (3 as const) : (0 as const);
        return { kind: 'object' as const, data: { ...result, dry_run: false }, exitCode };
      })
      .finally(() => transport.close());
  },
});
