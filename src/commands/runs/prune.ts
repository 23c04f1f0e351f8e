import { z } from 'zod';
import { pruneRuns } from '../../core/runs/prune-runs.ts';
import { parseBefore } from '../../core/time-before.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'runs prune',
  summary: 'Remove old runs that nothing refers to',
  description:
    'Removes runs that ended before a time, unless an entry of the audit log, an import or a movement of the ledger names them: runs that changed something go when their entries have gone (see `audit prune`), those in the ledger never. The newest run of each command and outcome stays.',
  options: [{ flags: '--before <time>', description: 'a time, or an age: 400d' }],
  examples: [
    { line: 'referral runs prune --before 400d --dry-run', explains: 'how many that would be' },
    { line: 'referral runs prune --before 400d', explains: 'remove them' },
    { line: 'referral runs prune --before 2026-01-01 --json', explains: 'from a script' },
  ],
  exitCodes: [10],
  changes: true,
  input: z.object({ before: z.string({ error: 'is required: --before 400d' }) }),
  async run(context, { before: text }) {
    const { clock, globals } = context;
    const { timezone } = await context.config();
    const before = parseBefore(text, '--before', clock, globals.timezone ?? timezone);
    const { dryRun } = globals;
    return context.usingRun(async (database, run) => {
      const data = await pruneRuns({ database, clock, run }, { before, dryRun });
      return { kind: 'object', data: { ...data, before, dry_run: dryRun } };
    });
  },
});
