import { z } from 'zod';
import { expireCode, expireCodes } from '../../core/codes/change-code.ts';
import { defineCommand } from '../_runtime/command.ts';
import { showInterruptible } from '../_runtime/show-progress.ts';

export const command = defineCommand({
  name: 'codes expire',
  summary: 'Mark codes whose time is over',
  description:
    'Marks every code past its time as expired, for a nightly job. Given a code, ends that one now. Bookings made before a code expired stay credited.',
  arguments: [{ syntax: '[code]', description: 'end this one now' }],
  options: [{ flags: '--contest <slug>', description: 'only codes of this contest' }],
  examples: [
    { line: 'referral codes expire', explains: 'mark what is over, everywhere' },
    { line: 'referral codes expire --contest summer-referral --json', explains: 'in one contest' },
    {
      line: 'referral codes expire "$(referral codes list --limit 1 | cut -f1)" --dry-run',
      explains: 'would end one code now',
    },
  ],
  exitCodes: [5, 10],
  changes: true,
  input: z.object({ code: z.string().optional(), contest: z.string().optional() }),
  async run(context, { code, contest }) {
    return context.usingRun(async (database, run) => {
      const dependencies = { clock: context.clock, run };
      const data = await showInterruptible(context, 'expiring codes', (onProgress) =>
        database.transaction<object>(
          (trx) =>
            code === undefined
              ? expireCodes(trx, { ...dependencies, onProgress }, contest)
              : expireCode(trx, dependencies, code),
          { rollback: context.globals.dryRun },
        ),
      );
      return { kind: 'object', data: { ...data, dry_run: context.globals.dryRun } };
    });
  },
});
