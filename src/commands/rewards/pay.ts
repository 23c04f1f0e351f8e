import { z } from 'zod';
import { formatCsvRow } from '../../core/csv/format-csv.ts';
import { ReferralError } from '../../core/errors.ts';
import { formatMinorUnits } from '../../core/money.ts';
import { getPayoutLines, payRewards, planPayout } from '../../core/rewards/pay-rewards.ts';
import type { PayoutLine } from '../../core/rewards/payout-queries.ts';
import { assertNotQuarantined } from '../../core/settings/quarantine.ts';
import { defineCommand } from '../_runtime/command.ts';
import type { Context } from '../_runtime/context.ts';
import type { Result, Row } from '../_runtime/result.ts';
import { checkOutput, fileSink, type Sink } from '../_runtime/sink.ts';

const COLUMNS = ['payout', 'customer_id', 'email', 'name', 'amount', 'currency', 'rewards'] as const;

export const command = defineCommand({
  name: 'rewards pay',
  summary: 'Pay everything that is due, once, into a payout file',
  description:
    'Marks all money that is available or claimed as paid, under one payout, and writes a CSV file with what each customer gets: payout, customer_id, email, name, amount, currency, rewards. What a customer owes from rewards that were reversed after they were paid is deducted. Paying again finds nothing due, says so and writes no file. --payout writes the file of an earlier payout again. It needs --yes, or --confirm with the slug (without --contest: the name of the database) for more people than the setting confirm_above. Nothing is paid after a restore until backup release.',
  options: [
    { flags: '--contest <slug>', description: 'rewards of this contest', defaultText: 'all' },
    { flags: '--payout <id>', description: 'write the file of this payout again; pays nothing' },
  ],
  writesOutput: true,
  examples: [
    { line: 'referral rewards pay -o payouts.csv --yes', explains: 'pay, and hand the file to the bank' },
    { line: 'referral rewards pay --dry-run --json', explains: 'who would get how much, in total' },
    {
      line: 'referral rewards pay -o payouts.csv --yes && referral rewards pay --payout PO-000001 -o again.csv',
      explains: 'write the file once more',
    },
  ],
  exitCodes: [5, 10, 11, 16, 17],
  changes: true,
  input: z.object({ contest: z.string().optional(), payout: z.string().optional() }),
  async run(context, { contest, payout }) {
    const { output, dryRun } = context.globals;
    if (output === undefined && !dryRun) {
      throw new ReferralError('usage', 'rewards pay needs a file for the payouts', {
        hint: 'Add: -o payouts.csv, or --dry-run to see what is due.',
      });
    }
    return payout === undefined ? pay(context, contest) : writeAgain(context, payout);
  },
});

async function pay(context: Context, contest: string | undefined): Promise<Result> {
  const { clock, globals } = context;
  return context.usingRun(
    async (database, run) => {
      const plan = await planPayout(database.queries, contest);
      if (plan.rewards === 0) {
        context.note('Nothing is due: everything that was earned so far is paid.');
        return { kind: 'object', data: { payout: null, ...plan, file: null, dry_run: globals.dryRun } };
      }
      const file = dryRunOrFile(context);
      if (!globals.dryRun) {
        const amounts = Object.entries(plan.totals).map(([currency, amount]) => `${amount} ${currency}`);
        await context.confirm({
          question: `Pay ${amounts.join(', ')} to ${plan.customers} customers?`,
          name: contest ?? database.name,
          people: plan.customers,
        });
      }
      const sink = file === undefined ? undefined : await fileSink(context.io.directory, file);
      try {
        let lines: readonly PayoutLine[] = [];
        const result = await payRewards(
          { database, clock, run },
          { contest, dryRun: globals.dryRun },
          async (paid) => {
            lines = paid;
            if (sink !== undefined) await writeLines(sink, paid);
          },
        );
        await sink?.commit();
        if (globals.output === '-' && !globals.dryRun) return toList(lines);
        const again = `referral rewards pay --payout ${result.payout} -o again.csv   # writes the file once more`;
        return {
          kind: 'object',
          data: { ...result, file: file ?? null },
          next: globals.dryRun ? [] : [again],
        };
      } catch (error) {
        await sink?.abandon();
        throw error;
      }
    },
    { lock: 'rewards' },
  );
}

async function writeAgain(context: Context, payout: string): Promise<Result> {
  return context.usingDatabase(async ({ queries }) => {
    const lines = await getPayoutLines(queries, payout);
    await assertNotQuarantined(queries);
    const file = dryRunOrFile(context);
    if (context.globals.output === '-') return toList(lines);
    if (file !== undefined) {
      const sink = await fileSink(context.io.directory, file);
      await writeLines(sink, lines);
      await sink.commit();
    }
    const data = {
      payout,
      customers: new Set(lines.map((line) => line.customer_id)).size,
      file: file ?? null,
    };
    return { kind: 'object', data: { ...data, dry_run: context.globals.dryRun } };
  });
}

// The file to write: none in a dry run and for standard output. An existing one is only replaced with --force.
function dryRunOrFile({ globals: { output, dryRun, force }, io }: Context): string | undefined {
  if (output === undefined || output === '-' || dryRun) return undefined;
  checkOutput(io.directory, output, force);
  return output;
}

async function writeLines(sink: Sink, lines: readonly PayoutLine[]): Promise<void> {
  await sink.write(withLineEnd(formatCsvRow(COLUMNS)));
  for (const line of lines) {
    const row = toRow(line);
    await sink.write(withLineEnd(formatCsvRow(COLUMNS.map((column) => row[column] ?? null))));
  }
}

function withLineEnd(line: string): string {
  return line.endsWith('\n') ? line : `${line}\n`;
}

function toRow({
  amount_minor,
  ...line
}: PayoutLine): Record<(typeof COLUMNS)[number], string | number | null> {
  return { ...line, amount: formatMinorUnits(amount_minor, line.currency) };
}

function toList(lines: readonly PayoutLine[]): Result {
  const rows: readonly Row[] = lines.map(toRow);
  return { kind: 'list', columns: COLUMNS.map((key) => ({ key })), rows };
}
