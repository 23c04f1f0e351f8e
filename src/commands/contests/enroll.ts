import { z } from 'zod';
import { assertConditions } from '../../core/contests/assert-participants.ts';
import { enrolInContest } from '../../core/contests/launch-contest.ts';
import { showEnrolling } from '../_contests/show-enrolling.ts';
import { defineCommand } from '../_runtime/command.ts';

const DAY_MS = 86_400_000;

export const command = defineCommand({
  name: 'contests enroll',
  summary: 'Enrol everyone eligible who is not in yet',
  description:
    'Enrols the customers whom the rules of a running contest admit, narrowed by --where, who are not in it yet, and gives them codes. Nobody is enrolled twice.',
  arguments: [{ syntax: '<slug>', description: 'the contest' }],
  options: [{ flags: '--where <condition>', description: 'only these customers', repeatable: true }],
  examples: [
    {
      line: 'referral contests enroll summer-referral',
      explains: 'those who became eligible since the launch',
    },
    {
      line: 'referral contests enroll summer-referral --where "tier = gold" --dry-run',
      explains: 'how many of a tier would be added',
    },
    {
      line: 'referral contests enroll summer-referral --where "customer_id = C-0001" --json',
      explains: 'one customer by id',
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
            (trx) => enrolInContest(trx, { clock, random, run, codes, ...enrolling }, slug, where),
            { rollback: context.globals.dryRun },
          ),
        );
        return { kind: 'object', data: { ...data, dry_run: context.globals.dryRun } };
      },
      { lock: `contest-${slug}` },
    );
  },
});
