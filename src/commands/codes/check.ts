import { z } from 'zod';
import { checkCode } from '../../core/codes/check-code.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'codes check',
  summary: 'Look up a code as somebody wrote it',
  description:
    'Reads a code in any case, with blanks, dashes and look-alikes, and says whose it is. Ends with 0 when it is good, with 6 when it is expired, revoked, or a slip of real codes (its check symbol is wrong; `nearest` names them), and with 5 when there is no such code and none near it.',
  arguments: [{ syntax: '<code>', description: 'the code' }],
  examples: [
    {
      line: 'referral codes check "$(referral codes list --limit 1 | cut -f1)"',
      explains: 'a good code: whose it is, and until when',
    },
    { line: 'referral codes check 2222-2223', explains: 'no such code', exitCode: 5 },
    {
      line: 'referral codes check "$(referral codes list --limit 1 | cut -f1 | tr B-Z b-z)" --json',
      explains: 'in small letters it is the same code',
    },
  ],
  exitCodes: [5, 6, 10],
  changes: false,
  input: z.object({ code: z.string() }),
  async run(context, { code }) {
    return context.usingDatabase(async ({ queries }) => {
      const data = await checkCode(queries, context.clock.now(), code);
      return { kind: 'object', data, exitCode: data.valid ? 0 : 6 };
    });
  },
});
