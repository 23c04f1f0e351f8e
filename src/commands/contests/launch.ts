import { z } from 'zod';
import { assertConditions } from '../../core/contests/assert-participants.ts';
import { launchContest } from '../../core/contests/launch-contest.ts';
import { showEnrolling } from '../_contests/show-enrolling.ts';
import { defineCommand } from '../_runtime/command.ts';

const DAY_MS = 86_400_000;

export const command = defineCommand({
  name: 'contests launch',
  summary: 'Start a contest: enrol everyone eligible, give each a code',
  description:
    'Freezes the rules, enrols every customer whom `eligibility.participants` and --where admit, and gives each a code, all in one transaction. A contest that runs already is left as it is; `contests enroll` adds those who came later.',
  arguments: [{ syntax: '<slug>', description: 'the contest' }],
  options: [{ flags: '--where <condition>', description: 'only these customers', repeatable: true }],
  examples: [
    { line: 'referral contests launch summer-referral', explains: 'start it; run again, it changes nothing' },
    { line: 'referral contests launch summer-referral --dry-run', explains: 'how many would be enrolled' },
    {
      line: 'referral contests launch summer-referral --where "country = NL" --json',
      explains: 'only customers in the Netherlands',
    },
  ],
  exitCodes: [5, 10, 11, 17],
  changes: true,
  input: z.object({ slug: z.string(), where: z.array(z.string()).default([]) }),
  async run(context, { slug, where }) {
    assertConditions(where);
    const { clock, random } = context;
    const { length, expires_in_days } = (await context.config()).codes;
    const codes = { length, expiresIn: expires_in_days * DAY_MS };
    return context.usingRun(
      async (database, run) => {
        const data = await showEnrolling(context, (enrolling) =>
          database.transaction(
            (trx) => launchContest(trx, { clock, random, run, codes, ...enrolling }, slug, where),
            { rollback: context.globals.dryRun },
          ),
        );
        return {
          kind: 'object',
          data: { ...data, dry_run: context.globals.dryRun },
          next: [`referral campaigns create ${slug}-launch --contest ${slug} --template launch`],
        };
      },
      { lock: `contest-${slug}` },
    );
  },
});
