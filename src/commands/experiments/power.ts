import { z } from 'zod';
import type { Campaign } from '../../core/campaigns/campaign.ts';
import { getCampaign } from '../../core/campaigns/get-campaign.ts';
import { planCampaign } from '../../core/campaigns/plan-campaign.ts';
import type { Database } from '../../core/database/database.ts';
import { ReferralError } from '../../core/errors.ts';
import { defaultDesign, parseDesign } from '../../core/experiments/parse-design.ts';
import { planPower } from '../../core/experiments/plan-power.ts';
import { readExperiment } from '../../core/experiments/read-experiment.ts';
import { loadDistributions } from '../../core/statistics/distributions.ts';
import { showPlanning } from '../_campaigns/show-planning.ts';
import { defineCommand } from '../_runtime/command.ts';
import type { Context } from '../_runtime/context.ts';

export const command = defineCommand({
  name: 'experiments power',
  summary: 'Say how many customers a test needs, and what it can find',
  description:
    'For a design: the customers that each variant needs to find a difference with the power that is asked for. For a campaign, by its own design or another one: also the smallest difference that its recipients can show. A difference is in percentage points, added to the baseline: baseline=5%,difference=1% is from 5 % to 6 %. With several variants each comparison gets its share of alpha. It only reads.',
  arguments: [{ syntax: '[campaign]', description: 'a campaign, for its design and its recipients' }],
  options: [
    {
      flags: '--experiment <design>',
      description: 'a design as in campaigns create: fixed,metric=clicks,baseline=5%,difference=1%',
    },
    {
      flags: '--variants <n>',
      description: 'how many variants there are',
      defaultText: "2, or the campaign's",
    },
  ],
  examples: [
    {
      line: 'referral experiments power --experiment fixed,baseline=5%,difference=1%',
      explains: 'how many customers it takes to tell 5 % from 6 %',
    },
    {
      line: 'referral experiments power --experiment always-valid,baseline=5%,difference=1%,power=90% --variants 3',
      explains: 'the same when it may be looked at all the time, for three variants',
    },
    {
      line: 'referral experiments power summer-launch --experiment fixed,metric=conversions,baseline=2%,difference=1%',
      explains: 'are there enough recipients, and what could they show?',
    },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object({
    campaign: z.string().optional(),
    experiment: z.string().optional(),
    variants: z.coerce.number().int().min(2).max(20).optional(),
  }),
  async run(context, { campaign: slug, experiment, variants = 2 }) {
    const distributions = await loadDistributions();
    if (slug === undefined) {
      if (experiment === undefined) throw nothingAsked();
      const design = parseDesign(experiment, variants, distributions);
      return { kind: 'object', data: await planPower(null, design, variants, null) };
    }
    return context.usingDatabase(async (database) => {
      const campaign = await getCampaign(database.queries, slug);
      const count = Math.max(2, campaign.variants.length, variants);
      const design =
        experiment === undefined
          ? (campaign.experiment ?? defaultDesign('clicks'))
          : parseDesign(experiment, count, distributions);
      const has = Math.floor((await countRecipients(context, database, campaign)) / count);
      return { kind: 'object', data: await planPower(slug, design, count, has) };
    });
  },
});

/** Of a campaign that was started those that were assigned, else those of a plan of now. */
async function countRecipients(context: Context, database: Database, campaign: Campaign): Promise<number> {
  const { clock } = context;
  const config = await context.config();
  if (campaign.started_at !== null) {
    const reader = { now: clock.now(), unsubscribeBase: config.unsubscribe.base_url };
    const { variants } = await readExperiment(database.queries, campaign, reader);
    return variants.reduce((sum, { customers }) => sum + customers, 0);
  }
  const keyring = await context.keyring(database);
  const plan = await showPlanning(context, (planning) =>
    database.snapshot((trx) => planCampaign(trx, campaign, { clock, config, keyring, ...planning })),
  );
  return plan.recipients;
}

function nothingAsked(): ReferralError {
  return new ReferralError('usage', 'experiments power needs a campaign, or --experiment', {
    hint: 'Write: referral experiments power --experiment fixed,baseline=5%,difference=1%',
  });
}
