import { z } from 'zod';
import { getCampaign } from '../../core/campaigns/get-campaign.ts';
import { parseRate } from '../../core/campaigns/parse-rate.ts';
import { TRANSPORT_NAMES } from '../../core/delivery/create-transport.ts';
import type { TransportName } from '../../core/delivery/transport.ts';
import { expectMjml } from '../../core/templates/convert-mjml.ts';
import { openTransport, TRANSPORT_OPTION, transportNameOf } from '../_campaigns/open-transport.ts';
import { runSend } from '../_campaigns/run-send.ts';
import { defineCommand } from '../_runtime/command.ts';
import type { Result } from '../_runtime/result.ts';

export const command = defineCommand({
  name: 'campaigns send',
  summary: 'Send a campaign, or go on with it',
  description:
    'The first send freezes the recipients of the plan; from then on every one of them is accounted for, whatever happens. Run it again to go on; run it on several machines to send faster. Who is suppressed, withdrawn or erased meanwhile is skipped. The outbox writes .eml files; smtp reads REFERRAL_SMTP_URL; sendgrid reads SENDGRID_API_KEY and SENDGRID_BASE_URL.',
  arguments: [{ syntax: '<slug>', description: 'the campaign' }],
  options: [
    { flags: '--plan <digest>', description: 'send exactly this plan; refused when anything has changed' },
    { ...TRANSPORT_OPTION, defaultText: 'that of the first send, else outbox' },
    { flags: '--rate <n/s>', description: 'another rate, for everyone who sends this campaign' },
    { flags: '--concurrency <n>', description: 'batches, or SMTP connections, at once', defaultText: '4' },
    { flags: '--batch-size <n>', description: 'mails per batch, at most 1000', defaultText: '100' },
    { flags: '--limit <n>', description: 'stop after this many mails' },
    { flags: '--max-errors <n>', description: 'pause the campaign after more refusals than this' },
    { flags: '--wait', description: 'wait for mails that are held by quiet hours or --send-at' },
  ],
  examples: [
    {
      line: 'referral campaigns send summer-launch --yes',
      explains: 'go on with what is pending, if anything is',
      exitCode: 0,
    },
    {
      line: 'referral campaigns send summer-launch --yes --rate 20/s --limit 100',
      explains: 'slowly, and only the next hundred',
    },
    {
      line: 'referral campaigns send summer-launch --plan 0000 ',
      explains: 'a plan that no longer holds is refused',
      exitCode: 17,
    },
  ],
  exitCodes: [3, 4, 5, 10, 15, 16, 17],
  changes: true,
  input: z.object({
    slug: z.string(),
    plan: z.string().optional(),
    transport: z.enum(TRANSPORT_NAMES).optional(),
    rate: z.string().transform(parseRate).optional(),
    concurrency: z.coerce.number().int().min(1).max(64).default(4),
    batchSize: z.coerce.number().int().min(1).max(1_000).default(100),
    limit: z.coerce.number().int().min(1).optional(),
    maxErrors: z.coerce.number().int().min(0).optional(),
    wait: z.boolean().default(false),
  }),
  async run(context, input): Promise<Result> {
    const open = (name: TransportName) => openTransport(context, name, input.concurrency);
    // What is wrong with a transport that was asked for is told before the database is touched.
    const asked = input.transport === undefined ? undefined : await open(input.transport);
    expectMjml();
    return context.usingRun(async (database, run) => {
      const campaign = await getCampaign(database.queries, input.slug);
      const transport = asked ?? (await open(transportNameOf(campaign.transport)));
      return runSend(context, database, run, campaign, input, transport).finally(() => transport.close());
    });
  },
});
