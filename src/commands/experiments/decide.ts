import { z } from 'zod';
import { decideExperiment } from '../../core/experiments/decide-experiment.ts';
import { experimentText } from '../_experiments/experiment-text.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'experiments decide',
  summary: 'Write down which variant has won, or that none has',
  description:
    'Judges the variants by the design that was kept before the start, and writes the verdict down once: a winner, or that the time is over without one. While nothing can be said it changes nothing and tells why, with `winner` null. What was decided stays, whatever comes in later.',
  arguments: [{ syntax: '<campaign>', description: 'the campaign' }],
  examples: [
    {
      line: 'referral experiments decide summer-launch',
      explains: 'one variant: there is nothing to decide',
    },
    { line: 'referral experiments decide summer-launch --dry-run', explains: 'what would be written down?' },
    { line: 'referral experiments decide winter', explains: 'one that does not exist', exitCode: 5 },
  ],
  exitCodes: [5, 10],
  changes: true,
  input: z.object({ campaign: z.string() }),
  async run(context, { campaign }) {
    const { unsubscribe } = await context.config();
    return context.usingRun(async (database, run) => {
      const { clock, globals } = context;
      const { dryRun } = globals;
      const unsubscribeBase = unsubscribe.base_url;
      const figures = await decideExperiment(campaign, { database, clock, run, dryRun, unsubscribeBase });
      return { kind: 'object', data: { ...figures, dry_run: dryRun }, text: experimentText(figures) };
    });
  },
});
