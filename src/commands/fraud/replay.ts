import { z } from 'zod';
import { readJsonDocument } from '../../core/contests/read-json-document.ts';
import { type ReplayedFraud, replayFraud } from '../../core/conversions/replay-fraud.ts';
import { defineCommand } from '../_runtime/command.ts';
import type { Row } from '../_runtime/result.ts';
import { showInterruptible } from '../_runtime/show-progress.ts';

const MOST_CHANGES = 1_000;
const SHOWN_ON_TERMINAL = 20;

export const command = defineCommand({
  name: 'fraud replay',
  summary: 'Show what other rules would have made of the referrals',
  description: `Decides every referral of a contest again by the rules of a file, and shows which would be otherwise, by which rule and evidence, and what that comes to. A part of the rules that the file leaves out is the contest's own, so a file with nothing but "fraud" asks about fraud alone. Changes nothing; contests amend would. The first ${MOST_CHANGES} changes are named unless --limit says otherwise; changed counts all of them.`,
  options: [
    { flags: '--rules <file>', description: 'the other rules (JSON); - is standard input (required)' },
    { flags: '--contest <slug>', description: 'the contest (required)' },
    {
      flags: '--limit <n>',
      description: 'name at most this many changes',
      defaultText: String(MOST_CHANGES),
    },
    { flags: '--offset <n>', description: 'leave out this many changes first', defaultText: '0' },
  ],
  examples: [
    {
      line: `echo '{"fraud":{"same_address":"hold"}}' | referral fraud replay --rules - --contest summer-referral`,
      explains: 'what if people who live together were held?',
    },
    {
      line: `echo '{"fraud":{"default":"ignore"}}' | referral fraud replay --rules - --contest summer-referral --json`,
      explains: 'what do the fraud rules bring at all?',
    },
    {
      line: 'referral fraud replay --rules rules.json --contest summer-referral --format csv',
      explains: 'every referral that another document would decide otherwise',
    },
  ],
  exitCodes: [5, 10, 14],
  changes: false,
  input: z.object({
    rules: z.string({ error: '--rules FILE is required' }),
    contest: z.string({ error: '--contest SLUG is required' }),
    limit: z.coerce.number().int().min(0).default(MOST_CHANGES),
    offset: z.coerce.number().int().min(0).default(0),
  }),
  async run(context, { rules, contest, limit, offset }) {
    const document = await readJsonDocument(await context.openInput(rules), rules);
    const { format } = context.globals;
    const now = context.clock.now();
    return context.usingDatabase(async (database) => {
      const replayed = await showInterruptible(context, 'deciding again about bookings', (onProgress) => {
        const options = { contest, document, now, limit, offset, onProgress };
        return database.snapshot((queries) => replayFraud(queries, options), { temporaryTables: true });
      });
      const { changes, ...data } = replayed;
      return {
        kind: 'object',
        data,
        text: textOf(replayed),
        rows: {
          key: 'changes',
          columns: [
            ...['booking_reference', 'referrer_id', 'friend_id', 'status_before', 'reason_before'],
            ...['status', 'reason', 'amount', 'currency', 'fraud'],
          ].map((key) => ({ key })),
          list: changes.map((change): Row => ({ ...change })),
          main: format === 'csv' || format === 'ndjson',
        },
      };
    });
  },
});

function textOf(replayed: ReplayedFraud): string {
  const { contest, referrals, changed, before, after, transitions, rules, changes } = replayed;
  const money = (sums: Readonly<Record<string, string>>): string =>
    Object.entries(sums)
      .map(([currency, sum]) => `${sum} ${currency}`)
      .join(', ') || 'nothing';
  return [
    `${contest}: ${changed} of ${referrals} referrals would be otherwise`,
    ...Object.entries(transitions).map(([name, count]) => `  ${name}: ${count}`),
    `Approved: ${before.approved} (${money(replayed.approved_before)}) now, ${after.approved} (${money(replayed.approved)}) then`,
    ...Object.entries(rules)
      .filter(([, { found, decided_before }]) => found + decided_before > 0)
      .map(
        ([rule, { found, decides, decided_before }]) =>
          `  fraud.${rule} finds ${found}, decides ${decides} (now ${decided_before})`,
      ),
    ...changes
      .slice(0, SHOWN_ON_TERMINAL)
      .map(
        ({ booking_reference, referrer_id, status_before, reason_before, status, reason }) =>
          `  ${booking_reference} of ${referrer_id}: ${status_before} (${reason_before}) → ${status} (${reason})`,
      ),
    ...(changed > SHOWN_ON_TERMINAL
      ? [`  … ${changed - SHOWN_ON_TERMINAL} more: --format csv or --json`]
      : []),
  ].join('\n');
}
