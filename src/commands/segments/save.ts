import { z } from 'zod';
import { saveSegment } from '../../core/segments/save-segment.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'segments save',
  summary: 'Keep a condition on customers as a segment',
  description:
    'Saves --where conditions under a name and puts into the segment who fits now; each segments score keeps it up to date. --where "segment = NAME" then means who was in it at the last scoring. Saving it again changes its conditions.',
  arguments: [{ syntax: '<name>', description: 'small letters, digits, _ and -' }],
  options: [
    {
      flags: '--where <condition>',
      description: 'field op value; several are joined by AND (required)',
      repeatable: true,
    },
  ],
  examples: [
    {
      line: 'referral segments save big_spenders --where "total_spend >= 2000" --where "consent = granted"',
      explains: 'who spends much and may be mailed',
    },
    {
      line: 'referral segments save gold_pt --where "tier = gold and country = PT" --dry-run',
      explains: 'count first',
    },
    {
      line: 'referral segments save power_user --where "tier = gold"',
      explains: 'a name that is taken',
      exitCode: 2,
    },
  ],
  exitCodes: [5, 10, 11],
  changes: true,
  input: z.object({ name: z.string(), where: z.array(z.string()).default([]) }),
  async run(context, { name, where }) {
    const { clock, globals } = context;
    return context.usingRun(
      async (database, run) => ({
        kind: 'object',
        data: await saveSegment(database, {
          ...{ name, where, clock, run, timezone: globals.timezone ?? 'UTC', dryRun: globals.dryRun },
        }),
        next: [`referral segments export ${name}`],
      }),
      { lock: 'score-segments' },
    );
  },
});
