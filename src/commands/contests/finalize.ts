import { z } from 'zod';
import { finalizeContest } from '../../core/contests/finalize-contest.ts';
import { summariseContest } from '../../core/contests/summarise-contest.ts';
import { checkResultFiles, writeResultFiles } from '../_contests/write-results.ts';
import { showDecided } from '../_conversions/show-decided.ts';
import { showRewarded } from '../_rewards/show-rewarded.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'contests finalize',
  summary: 'Freeze the ranking, draw the winners, award the prizes',
  description:
    'Takes an ended contest to its final results, for good: the ranking is frozen with its digest, the drawing is made from the seed whose hash was published at the launch (docs/leaderboard.md says how to repeat it), and prizes go into the ledger. While referrals wait for their hold to end it refuses, unless --leave-open; what else is open is told and does not count. --results writes the document that `contests results` shows. It asks first; without a terminal it needs --yes, or --confirm SLUG where many people take part.',
  arguments: [{ syntax: '<slug>', description: 'the contest' }],
  options: [
    { flags: '--leave-open', description: 'finalize without referrals whose hold is not over' },
    {
      flags: '--results <file>',
      description: 'write the signed-off results: results.json, results.html',
      repeatable: true,
    },
  ],
  examples: [
    {
      line: 'referral contests finalize summer-referral --confirm summer-referral',
      explains: 'refused while the contest still runs: end it first',
      exitCode: 17,
    },
    {
      line: 'referral contests end summer-referral && referral contests finalize summer-referral --dry-run --json',
      explains: 'end it, and see who would win',
    },
    {
      line: 'referral contests end summer-referral && referral contests finalize summer-referral --leave-open --confirm summer-referral',
      explains: 'end it and freeze the results',
    },
    {
      line: 'referral contests end summer-referral && referral contests finalize summer-referral --leave-open --confirm summer-referral --results results.json --results results.html',
      explains: 'and write them down',
    },
  ],
  exitCodes: [5, 10, 11, 16, 17],
  changes: true,
  input: z.object({
    slug: z.string(),
    leaveOpen: z.boolean().default(false),
    results: z.array(z.string()).default([]),
  }),
  async run(context, { slug, leaveOpen, results }) {
    checkResultFiles(context, results);
    return context.usingRun(
      async (database, run) => {
        const finalize = (rollback: boolean) =>
          showDecided(context, (deciding) =>
            showRewarded(context, (rewarding) => {
              const dependencies = { clock: context.clock, run, ...deciding, ...rewarding };
              return database.transaction((trx) => finalizeContest(trx, dependencies, slug, { leaveOpen }), {
                rollback,
              });
            }),
          );
        // Existence and state are told before anybody is asked; what is asked about is what will happen.
        const planned = await finalize(true);
        const dry_run = context.globals.dryRun;
        if (!planned.changed && !dry_run) await writeResultFiles(context, database, slug, results);
        if (!planned.changed || dry_run) return { kind: 'object', data: { ...planned, dry_run } };
        const { participants } = await summariseContest(database.queries, slug);
        const { held, pending } = planned.open;
        await context.confirm({
          question: `Freeze the results of "${slug}" with ${planned.entries} entries, ${planned.prizes.length} prizes and ${planned.drawing.length} drawn (${pending} referrals pending, ${held} held do not count)?`,
          name: slug,
          people: participants,
        });
        const data = await finalize(false);
        await writeResultFiles(context, database, slug, results);
        if (held + pending > 0) {
          context.warn(`${pending} referrals are pending and ${held} are held: they did not count.`);
        }
        return {
          kind: 'object',
          data: { ...data, dry_run },
          next: [
            `referral contests results ${slug} --format html -o results.html`,
            `referral rewards list --where "contest = ${slug}"`,
          ],
        };
      },
      { lock: `contest-${slug}` },
    );
  },
});
