import { z } from 'zod';
import { createCampaign } from '../../core/campaigns/create-campaign.ts';
import { parseRate } from '../../core/campaigns/parse-rate.ts';
import { parseSubject, parseVariants } from '../../core/campaigns/parse-variant.ts';
import { assertSomeHours, parseSendHours } from '../../core/limits/send-hours.ts';
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
    { flags: '--send-at <time>', description: 'not before this time' },
    {
      flags: '--quiet-hours <span>',
      description: 'nobody is mailed then, in their own time zone: 21:00-08:00',
    },
    {
      flags: '--send-window <span>',
      description: 'everybody is mailed only then, in their own time zone: "mon-fri 09:00-17:00"',
    },
    { flags: '--daily-cap <n>', description: 'at most this many mails a day' },
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
  }),
  async run(context, input) {
    const { timezone } = await context.config();
    const { quietHours = null, sendWindow = null, dailyCap = null } = input;
    assertSomeHours(parseSendHours(quietHours, sendWindow));
    const campaign = {
      slug: input.slug,
      contest: input.contest,
      template: input.template,
      subject: input.subject === undefined ? null : parseSubject(input.subject, '--subject'),
      variants: parseVariants(input.variant),
      where: input.where,
      rate: input.rate === undefined ? null : parseRate(input.rate),
      ...{ quietHours, sendWindow, dailyCap },
      sendAt:
        input.sendAt === undefined
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
