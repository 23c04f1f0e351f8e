import { z } from 'zod';
import { assertSendable } from '../../core/campaigns/assert-sendable.ts';
import { getCampaign } from '../../core/campaigns/get-campaign.ts';
import { planCampaign } from '../../core/campaigns/plan-campaign.ts';
import { countCampaign } from '../../core/delivery/count-campaign.ts';
import { TRANSPORT_NAMES } from '../../core/delivery/create-transport.ts';
import { assertStartable } from '../../core/delivery/start-campaign.ts';
import { scheduleCampaign } from '../../core/jobs/schedule-campaign.ts';
import { chooseTransport } from '../../core/jobs/send-due-campaigns.ts';
import { assertNotQuarantined } from '../../core/settings/quarantine.ts';
import { getSetting } from '../../core/settings/settings.ts';
import { TRANSPORT_OPTION } from '../_campaigns/open-transport.ts';
import { showPlanning } from '../_campaigns/show-planning.ts';
import { defineCommand } from '../_runtime/command.ts';
import type { Result } from '../_runtime/result.ts';

export const command = defineCommand({
  name: 'campaigns schedule',
  summary: 'Freeze the recipients of a campaign, for the jobs to send',
  description:
    'What `campaigns send` does, without the sending: the recipients of the plan are frozen now, and the job send-campaigns mails them from the --send-at of the campaign on, without one with its next run. Who unsubscribes, withdraws or is erased until then is left out. Needs the same confirmation as sending. To stop it: campaigns pause or cancel.',
  arguments: [{ syntax: '<slug>', description: 'the campaign' }],
  options: [
    { flags: '--plan <digest>', description: 'exactly this plan; refused when anything has changed' },
    { ...TRANSPORT_OPTION, defaultText: 'the setting jobs.transport' },
  ],
  examples: [
    {
      line: 'referral campaigns create july --contest summer-referral --template reminder --send-at 2027-07-01T09:00 && referral campaigns schedule july --yes --dry-run',
      explains: 'would it pass?',
    },
    {
      line: 'referral campaigns create july --contest summer-referral --template reminder && referral campaigns schedule july --confirm july',
      explains: 'with the next run of the jobs',
    },
    {
      line: 'referral campaigns schedule summer-launch --plan 0000',
      explains: 'one that was sent already is refused',
      exitCode: 17,
    },
  ],
  exitCodes: [5, 10, 16, 17],
  changes: true,
  input: z.object({
    slug: z.string(),
    plan: z.string().optional(),
    transport: z.enum(TRANSPORT_NAMES).optional(),
  }),
  async run(context, { slug, plan, transport: wanted }): Promise<Result> {
    const { clock, globals } = context;
    const config = await context.config();
    const hasProvider =
      config.smtp.url !== undefined || (await context.findSecret('SENDGRID_API_KEY')) !== undefined;
    return context.usingRun(async (database, run) => {
      const keyring = await context.keyring(database);
      await assertNotQuarantined(database.queries);
      const campaign = await getCampaign(database.queries, slug);
      assertStartable(campaign, await getSetting(database.queries, 'campaigns.require_approval'));
      const transport = await chooseTransport({ database, hasProvider }, wanted ?? campaign.transport);
      let digest = plan ?? campaign.plan_digest;
      if (plan === undefined) {
        const found = await showPlanning(context, (planning) =>
          planCampaign(database.queries, campaign, { clock, config, keyring, ...planning }),
        );
        assertSendable(found);
        digest ??= found.digest;
        const when = campaign.send_at === null ? 'with the next run of the jobs' : `at ${campaign.send_at}`;
        const question = `Send "${slug}" to ${found.recipients} people by ${transport}, ${when}?`;
        await context.confirm({ question, name: slug, people: found.recipients });
      }
      const options = { digest: digest ?? '', transport, dryRun: globals.dryRun };
      const scheduled = await showPlanning(context, (planning) =>
        scheduleCampaign(slug, options, { database, clock, config, keyring, run, ...planning }),
      );
      const { planned, pending } = await countCampaign(database.queries, campaign.id);
      const data = { ...scheduled, planned, pending, dry_run: globals.dryRun };
      return { kind: 'object', data, next: ['referral jobs run send-campaigns'] };
    });
  },
});
