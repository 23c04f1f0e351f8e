import { z } from 'zod';
import { parseHoldout } from '../../core/campaigns/assign-holdout.ts';
import { createCampaign } from '../../core/campaigns/create-campaign.ts';
import { parseRate } from '../../core/campaigns/parse-rate.ts';
import { parseSubject, parseVariants } from '../../core/campaigns/parse-variant.ts';
import { ReferralError } from '../../core/errors.ts';
import type { ExperimentDesign } from '../../core/experiments/design.ts';
import { defaultDesign, parseDesign } from '../../core/experiments/parse-design.ts';
import { assertSomeHours, parseSendHours } from '../../core/limits/send-hours.ts';
import { loadDistributions } from '../../core/statistics/distributions.ts';
import { parseInstant } from '../../core/time.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'campaigns create',
  summary: 'Create a campaign: a template for an audience',
  description:
    'Compiles the template with every subject, keeps this version of it for the campaign, and records audience, variants and limits. Nobody is mailed. Refuses an unknown slot, a subject with a line break and a name that is taken.',
  arguments: [{ syntax: '<slug>', description: 'a name for it: lower-case letters, digits and hyphens' }],
  options: [
    { flags: '--contest <slug>', description: 'the contest it is about' },
    { flags: '--template <name>', description: 'a template by name, or an .mjml file' },
    { flags: '--subject <text>', description: 'a subject instead of the one of the template' },
    {
      flags: '--variant <name:subject=text>',
      description:
        'a variant for an A/B test, each with an equal share: NAME:subject=, NAME:preheader= or NAME:template=',
      repeatable: true,
    },
    { flags: '--where <condition>', description: 'only these customers', repeatable: true },
    { flags: '--rate <n/s>', description: 'at most this many mails per second (100/s, 600/m, 5000/h)' },
    {
      flags: '--send-at <time>',
      description: 'not before this time; best: everyone at the hour and weekday at which they answer',
    },
    {
      flags: '--quiet-hours <span>',
      description: 'nobody is mailed then, in their own time zone: 21:00-08:00',
    },
    {
      flags: '--send-window <span>',
      description: 'everybody is mailed only then, in their own time zone: "mon-fri 09:00-17:00"',
    },
    { flags: '--daily-cap <n>', description: 'at most this many mails a day' },
    {
      flags: '--experiment <design>',
      description:
        'how variants are judged, chosen now for good: "fixed,metric=clicks,baseline=5%,difference=1%" or "always-valid,metric=conversions", with alpha=5%, power=80%, days=14',
    },
    {
      flags: '--holdout <share>',
      description:
        'this share of the recipients, by chance, gets nothing, to measure what the campaign brings: 5%',
    },
    {
      flags: '--allocate <how>',
      description: 'bandit: better variants are mailed more while it is sent (optimising, not testing)',
      choices: ['equal', 'bandit'],
      defaultText: 'equal',
    },
  ],
  examples: [
    {
      line: 'referral campaigns create july-reminder --contest summer-referral --template reminder',
      explains: 'a reminder for everyone who takes part',
    },
    {
      line: 'referral campaigns create july-gold --contest summer-referral --template reminder --where "tier = premium" --rate 50/s',
      explains: 'only for some, at most 50 a second',
    },
    {
      line: 'referral campaigns create july-office --contest summer-referral --template reminder --send-window "mon-fri 09:00-17:00" --daily-cap 500',
      explains: 'in office hours, at most 500 a day',
    },
    {
      line: 'referral campaigns create july-test --contest summer-referral --template reminder --variant "A:subject=Your code" --variant "B:subject={{ first_name }}, your code"',
      explains: 'two subjects, to see which works better',
    },
    {
      line: 'referral campaigns create july-form --contest summer-referral --template reminder --variant "short:template=reminder" --variant "short:subject=Your code" --variant "long:template=launch"',
      explains: 'two templates, one of them with a subject of its own',
    },
    {
      line: 'referral campaigns create july-fixed --contest summer-referral --template reminder --variant "A:subject=Your code" --variant "B:subject=Still yours" --experiment fixed,metric=conversions,baseline=2%,difference=1% --holdout 5%',
      explains: 'a test of planned size, and 5 % who get nothing, to measure the whole campaign',
    },
    {
      line: 'referral campaigns create july-bandit --contest summer-referral --template reminder --variant "A:subject=Your code" --variant "B:subject=Still yours" --allocate bandit --send-at best',
      explains: 'mail the better subject more, and everyone at their best hour',
    },
  ],
  exitCodes: [5, 10, 14, 17],
  changes: true,
  input: z.object({
    slug: z.string(),
    contest: z.string({ error: 'is required: --contest SLUG' }),
    template: z.string({ error: 'is required: --template NAME' }),
    subject: z.string().optional(),
    variant: z.array(z.string()).default([]),
    where: z.array(z.string()).default([]),
    rate: z.string().optional(),
    sendAt: z.string().optional(),
    quietHours: z.string().optional(),
    sendWindow: z.string().optional(),
    dailyCap: z.coerce.number().int().min(1).optional(),
    experiment: z.string().optional(),
    holdout: z.string().transform(parseHoldout).optional(),
    allocate: z.enum(['equal', 'bandit']).default('equal'),
  }),
  async run(context, input) {
    const { timezone } = await context.config();
    const { quietHours = null, sendWindow = null, dailyCap = null } = input;
    assertSomeHours(parseSendHours(quietHours, sendWindow));
    const variants = parseVariants(input.variant);
    const sendBest = input.sendAt?.trim() === 'best';
    const campaign = {
      slug: input.slug,
      contest: input.contest,
      template: input.template,
      subject: input.subject === undefined ? null : parseSubject(input.subject, '--subject'),
      variants,
      where: input.where,
      rate: input.rate === undefined ? null : parseRate(input.rate),
      ...{ quietHours, sendWindow, dailyCap },
      sendBest,
      experiment: await designOf(input, variants.length),
      holdoutShare: input.holdout ?? null,
      allocation: input.allocate === 'bandit' ? ('bandit' as const) : null,
      sendAt:
        input.sendAt === undefined || sendBest
          ? null
          : parseInstant(input.sendAt, '--send-at', context.globals.timezone ?? timezone),
    };
    return context.usingRun(async (database, run) => {
      const { dryRun } = context.globals;
      const data = await createCampaign(campaign, { database, clock: context.clock, run, dryRun });
      return {
        kind: 'object',
        data: { ...data, dry_run: dryRun },
        next: [`referral campaigns plan ${campaign.slug}`],
      };
    });
  },
});

/** How the campaign is going to be judged; null where there is nothing to compare. Throws `usage`. */
async function designOf(
  {
    experiment,
    holdout,
    allocate,
  }: {
    readonly experiment?: string | undefined;
    readonly holdout?: number | undefined;
    readonly allocate: string;
  },
  variants: number,
): Promise<ExperimentDesign | null> {
  if (allocate === 'bandit' && variants < 2) {
    throw new ReferralError('usage', '--allocate bandit needs two variants or more', {
      hint: 'Name them: --variant "A:subject=…" --variant "B:subject=…"',
    });
  }
  const isCompared = variants > 1 || holdout !== undefined;
  if (experiment === undefined)
    return isCompared ? defaultDesign(variants > 1 ? 'clicks' : 'conversions') : null;
  if (!isCompared) {
    throw new ReferralError('usage', '--experiment needs something to compare', {
      hint: 'Add two variants or more, or --holdout 5%.',
    });
  }
  return parseDesign(experiment, Math.max(2, variants), await loadDistributions());
}
