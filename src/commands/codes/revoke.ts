import { z } from 'zod';
import { revokeCode } from '../../core/codes/change-code.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'codes revoke',
  summary: 'Take a code out of use',
  description:
    'Bookings made from now on are no longer credited with this code; those made before are. Its owner has no code then, until `codes generate` gives a new one.',
  arguments: [{ syntax: '<code>', description: 'the code, however it is written' }],
  examples: [
    {
      line: 'referral codes revoke "$(referral codes list --limit 1 | cut -f1)"',
      explains: 'take a code out of use',
    },
    {
      line: 'referral codes revoke "$(referral codes list --limit 1 | cut -f1)" --dry-run --json',
      explains: 'whose code would it be?',
    },
    { line: 'referral codes revoke 2222-2223', explains: 'no such code', exitCode: 5 },
  ],
  exitCodes: [5, 10],
  changes: true,
  input: z.object({ code: z.string() }),
  async run(context, { code }) {
    return context.usingRun(async (database, run) => {
      const data = await database.transaction((trx) => revokeCode(trx, { clock: context.clock, run }, code), {
        rollback: context.globals.dryRun,
      });
      const scope = data.contest === null ? '' : ` --contest ${data.contest}`;
      return {
        kind: 'object',
        data: { ...data, dry_run: context.globals.dryRun },
        next: [
          `A new one for its owner: referral codes generate${scope} --where "customer_id = ${data.customer_id}"`,
        ],
      };
    });
  },
});
