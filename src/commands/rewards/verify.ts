import { z } from 'zod';
import { verifyRewards } from '../../core/rewards/verify-rewards.ts';
import { defineCommand } from '../_runtime/command.ts';
import { showInterruptible } from '../_runtime/show-progress.ts';

const MOST_SHOWN = 20;

export const command = defineCommand({
  name: 'rewards verify',
  summary: 'Prove the ledger, or say where it is wrong',
  description:
    'Checks that no entry of the ledger was edited, taken out or put in, that each currency sums to zero, that every reward is where its entries say, that no payout hands out more than it moves, and that computing all rewards again from referrals, milestones and positions would change nothing. Ends with 6 when something is found, with the place.',
  examples: [
    { line: 'referral rewards verify', explains: 'everything' },
    { line: 'referral rewards verify --json', explains: 'with all findings, for a script' },
    { line: 'referral rewards compute && referral rewards verify -q', explains: 'nightly, from cron' },
  ],
  exitCodes: [6, 10],
  changes: false,
  input: z.object({}),
  async run(context) {
    return context.usingDatabase(async (database) => {
      const data = await showInterruptible(context, 'checking rewards', (onProgress) =>
        database.snapshot((queries) => verifyRewards(queries, context.clock.now(), onProgress)),
      );
      return {
        kind: 'object',
        data,
        text: data.ok
          ? `The ledger is sound: ${data.entries} entries of ${data.rewards} rewards, every currency sums to zero.`
          : [
              `${data.findings.length} findings in ${data.entries} entries of ${data.rewards} rewards:`,
              ...data.findings.slice(0, MOST_SHOWN).map(({ check, reward_id, entry_id, message }) => {
                const place = [
                  ...(reward_id === null ? [] : [`reward ${reward_id}`]),
                  ...(entry_id === null ? [] : [`entry ${entry_id}`]),
                ];
                return `  ${[check, ...place].join(', ')}: ${message}`;
              }),
            ].join('\n'),
        ...(data.ok ? {} : { exitCode: 6 as const }),
      };
    });
  },
});
