import { z } from 'zod';
import { CODE_LENGTH } from '../../core/codes/code.ts';
import { generateContestCodes } from '../../core/codes/generate-contest-codes.ts';
import { assertConditions } from '../../core/contests/assert-participants.ts';
import { ReferralError } from '../../core/errors.ts';
import { parseDuration } from '../../core/time.ts';
import { defineCommand } from '../_runtime/command.ts';
import { showInterruptible } from '../_runtime/show-progress.ts';

export const command = defineCommand({
  name: 'codes generate',
  summary: 'Give a code to everyone who has none',
  description:
    'Gives every participant of --contest, or without it every customer, a code if they have no active one. Codes are drawn at random from 27 symbols (no 0 O 1 I L U, no vowels), and the last symbol is a check symbol that catches every typo of one symbol and every swap of neighbours. Codes whose time is over are marked expired and replaced. `contests launch` does this by itself.',
  options: [
    { flags: '--contest <slug>', description: 'for the participants of this contest' },
    { flags: '--length <n>', description: 'symbols, check symbol included', defaultText: 'codes.length, 8' },
    {
      flags: '--expires-in <duration>',
      description: 'how long they are good for',
      defaultText: 'codes.expires_in_days, 365d',
    },
    { flags: '--where <condition>', description: 'only for these customers', repeatable: true },
  ],
  examples: [
    {
      line: 'referral codes generate --contest summer-referral',
      explains: 'for participants without a code',
    },
    {
      line: 'referral codes generate --length 10 --expires-in 90d --where "tier = gold" --json',
      explains: 'longer codes outside of any contest, for one tier',
    },
    { line: 'referral codes generate --dry-run', explains: 'how many customers have none' },
  ],
  exitCodes: [5, 10, 11, 17],
  changes: true,
  input: z.object({
    contest: z.string().optional(),
    length: z.coerce
      .number()
      .int('must be a whole number')
      .min(CODE_LENGTH.min, `must be ${CODE_LENGTH.min} or more`)
      .max(CODE_LENGTH.max, `must be ${CODE_LENGTH.max} or less`)
      .optional(),
    expiresIn: z.string().optional(),
    where: z.array(z.string()).default([]),
  }),
  async run(context, { contest, length: symbols, expiresIn: expiresInText, where }) {
    const { clock, random } = context;
    assertConditions(where);
    const { timezone, codes } = await context.config();
    const length = symbols ?? codes.length;
    const expiresIn = parseDuration(expiresInText ?? `${codes.expires_in_days}d`);
    if (expiresIn <= 0)
      throw new ReferralError('usage', '--expires-in: must be more than nothing', {
        hint: 'For example: --expires-in 365d',
      });
    return context.usingRun(
      async (database, run) => {
        const options = { contest, length, expiresIn, where, timezone };
        const data = await showInterruptible(context, 'giving codes', (onProgress) =>
          database.transaction(
            (trx) => generateContestCodes(trx, { clock, random, run }, { ...options, onProgress }),
            { rollback: context.globals.dryRun },
          ),
        );
        return { kind: 'object', data: { ...data, dry_run: context.globals.dryRun } };
      },
      { lock: contest === undefined ? 'codes' : `contest-${contest}` },
    );
  },
});
