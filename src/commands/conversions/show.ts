import { z } from 'zod';
import { explainReferral, getReferral } from '../../core/conversions/explain-referral.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'conversions show',
  summary: 'Show one referral, or the whole chain that explains it',
  description:
    'Shows a referral. With --why it prints the chain: the booking row and its changes, the code, the rule that decided, evidence of fraud, decisions of people, entries of the ledger.',
  arguments: [{ syntax: '<id>', description: 'the id, as conversions list prints it' }],
  options: [{ flags: '--why', description: 'explain it' }],
  examples: [
    { line: 'referral conversions show 1', explains: 'the referral and its evidence' },
    { line: 'referral conversions show 1 --why', explains: 'what to tell a customer who asks' },
    { line: 'referral conversions show 2 --why --json', explains: 'the same for a script' },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object({
    id: z.coerce.number({ error: 'an id is a whole number' }).int().positive(),
    why: z.boolean().default(false),
  }),
  async run(context, { id, why }) {
    return context.usingDatabase(async ({ queries }) => {
      const referral = await getReferral(queries, id);
      if (!why) return { kind: 'object', data: referral };
      const steps = await explainReferral(queries, id);
      return {
        kind: 'object',
        data: { ...referral, why: steps },
        text: [
          `referral ${id} of ${referral.contest}: ${referral.status}`,
          ...steps.map(
            ({ at, step, what }) => `  ${at.slice(0, 16).replace('T', ' ')}  ${step.padEnd(8)}  ${what}`,
          ),
        ].join('\n'),
      };
    });
  },
});
