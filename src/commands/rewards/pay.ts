import { z } from 'zod';
import { formatCsvRow } from '../../core/csv/format-csv.ts';
import type { Database } from '../../core/database/database.ts';
import { ReferralError } from '../../core/errors.ts';
import { formatMinorUnits } from '../../core/money.ts';
import { findLatestPayout, getPayout } from '../../core/rewards/get-payout.ts';
import {
  type PayOptions,
  type PayoutFiles,
  type PayPlan,
  type PayResult,
  payRewards,
  planPayout,
} from '../../core/rewards/pay-rewards.ts';
import type { PayoutLine } from '../../core/rewards/payout-queries.ts';
import { readAccounts } from '../../core/rewards/read-accounts.ts';
import { defineCommand } from '../_runtime/command.ts';
import type { Context } from '../_runtime/context.ts';
import type { ListResult, Result, Row } from '../_runtime/result.ts';
import { showInterruptible } from '../_runtime/show-progress.ts';
import { checkOutput, fileSink, type Sink } from '../_runtime/sink.ts';

const COLUMNS = ['payout', 'customer_id', 'email', 'name', 'amount', 'currency', 'rewards'] as const;
const MOST_SHOWN = 10;

export const command = defineCommand({
  name: 'rewards pay',
  summary: 'Pay everything that is due, once, into a payout file',
  description:
    'Marks all money that is available or claimed as paid, under one payout, and writes a CSV file with what each customer gets: payout, customer_id, email, name, amount, currency, rewards. --sepa writes the payout as SEPA credit transfers too (ISO 20022 pain.001.001.09), to the accounts of --accounts or of the attributes iban, account_holder and bic, from the setting rewards.debtor; who has no valid account, or is due another currency than euro, stays due and is listed in skipped (exit code 3). What a customer owes from rewards that were reversed after they were paid is deducted. Paying again finds nothing due, says so and writes no file. --payout writes the files of an earlier payout again. It needs --yes, or --confirm with the slug (without --contest: the name of the database) for more people than the setting confirm_above. Nothing is paid after a restore until backup release. See docs/rewards.md.',
  options: [
    { flags: '--contest <slug>', description: 'rewards of this contest', defaultText: 'all' },
    { flags: '--sepa <file>', description: 'pay by SEPA transfer, and write the file for the bank' },
    {
      flags: '--accounts <file>',
      description: 'with --sepa: CSV of customer_id, iban, and perhaps name and bic',
    },
    { flags: '--payout <id>', description: 'write the files of this payout again; pays nothing' },
  ],
  writesOutput: true,
  examples: [
    { line: 'referral rewards pay -o payouts.csv --yes', explains: 'pay, and hand the file to the bank' },
    { line: 'referral rewards pay --dry-run --json', explains: 'who would get how much, in total' },
    {
      line: 'referral rewards pay -o payouts.csv --yes && referral rewards pay --payout PO-000001 -o again.csv',
      explains: 'write the file once more',
    },
    {
      line: `referral settings set rewards.debtor '{"name":"Example Travel","iban":"NL91ABNA0417164300"}' && referral rewards pay --sepa transfers.xml --yes`,
      explains: 'by SEPA transfer; here nobody has an IBAN, so all stays due',
      exitCode: 3,
    },
  ],
  exitCodes: [3, 5, 10, 11, 12, 14, 16, 17],
  changes: true,
  input: z.object({
    contest: z.string().optional(),
    payout: z.string().optional(),
    sepa: z.string().optional(),
    accounts: z.string().optional(),
  }),
  async run(context, { contest, payout, sepa, accounts }) {
    const { output, dryRun } = context.globals;
    if (output === undefined && sepa === undefined && !dryRun) {
      throw new ReferralError('usage', 'rewards pay needs a file for the payouts', {
        hint: 'Add: -o payouts.csv, or --sepa transfers.xml, or --dry-run to see what is due.',
      });
    }
    if (accounts !== undefined && sepa === undefined) {
      throw new ReferralError('usage', '--accounts is for transfers', { hint: 'Add: --sepa transfers.xml' });
    }
    if (sepa === '-') {
      throw new ReferralError('usage', '--sepa needs the name of a file', {
        hint: 'Such as: --sepa transfers.xml',
      });
    }
    const given = accounts === undefined ? undefined : await readAccounts(await context.openInput(accounts));
    const request: PayOptions = {
      contest,
      sepa: sepa === undefined ? undefined : { accounts: given ?? new Map() },
    };
    const places = filesToWrite(context, sepa);
    return payout === undefined
      ? pay(context, request, places)
      : writeAgain(context, payout, request, places);
  },
});

/** The files to write: none in a dry run; the CSV not where it goes to standard output. */
interface Places {
  readonly csv: string | undefined;
  readonly sepa: string | undefined;
}

async function pay(context: Context, options: PayOptions, places: Places): Promise<Result> {
  return context.usingRun(
    async (database, run) => {
      const plan = await planPayout(database.queries, options);
      warnOfSkipped(context, plan.skipped);
      if (plan.rewards === 0 && plan.customers === 0) return nothingDue(context, database, plan);
      const { dryRun } = context.globals;
      if (!dryRun) await confirmPayment(context, plan, options.contest ?? database.name);
      const sinks = await openSinks(context, places);
      try {
        let lines: readonly PayoutLine[] = [];
        const result = await showInterruptible(context, 'paying rewards', (onProgress) =>
          payRewards(
            { database, clock: context.clock, run, onProgress },
            { ...options, dryRun },
            async (files) => {
              lines = files.lines;
              await writeFiles(sinks, files);
            },
          ),
        );
        await commitSinks(sinks);
        return describePayment(context, places, result, lines);
      } catch (error) {
        await abandonSinks(sinks);
        throw error;
      }
    },
    { lock: 'rewards' },
  );
}

async function nothingDue(context: Context, { queries }: Database, plan: PayPlan): Promise<Result> {
  const last = await findLatestPayout(queries);
  context.note(
    last === undefined
      ? 'Nothing is due.'
      : `Nothing is due: all that can be paid was paid, last with ${last}. Its file again: referral rewards pay --payout ${last} -o again.csv`,
  );
  const files = { file: null, sepa_file: null, dry_run: context.globals.dryRun };
  return { kind: 'object', data: { payout: null, ...plan, ...files }, ...exitCodeOf(plan) };
}

async function confirmPayment(context: Context, { customers, totals }: PayPlan, name: string): Promise<void> {
  const amounts = Object.entries(totals).map(([currency, amount]) => `${amount} ${currency}`);
  const question = `Pay ${amounts.join(', ')} to ${customers} customers?`;
  await context.confirm({ question, name, people: customers });
}

function describePayment(
  { globals: { dryRun, output } }: Context,
  { csv, sepa }: Places,
  result: PayResult,
  lines: readonly PayoutLine[],
): Result {
  if (output === '-' && !dryRun) return { ...toList(lines), ...exitCodeOf(result) };
  const again = `referral rewards pay --payout ${result.payout} -o again.csv   # writes the file once more`;
  return {
    kind: 'object',
    data: { ...result, file: csv ?? null, sepa_file: sepa ?? null },
    next: dryRun ? [] : [again],
    ...exitCodeOf(result),
  };
}

function exitCodeOf({ skipped }: { readonly skipped: readonly unknown[] }): { readonly exitCode?: 3 } {
  return skipped.length > 0 ? { exitCode: 3 } : {};
}

async function writeAgain(
  context: Context,
  payout: string,
  { sepa }: PayOptions,
  places: Places,
): Promise<Result> {
  return context.usingDatabase(async ({ queries }) => {
    const files = await getPayout(queries, payout, { sepa, now: context.clock.now() });
    const { skipped } = files;
    warnOfSkipped(context, skipped);
    if (files.isSameSepa === false) {
      context.warn(
        'The transfers differ from those that were written first: an account or a name has changed since.',
      );
    }
    const sinks = await openSinks(context, places);
    await writeFiles(sinks, files);
    await commitSinks(sinks);
    if (context.globals.output === '-') return { ...toList(files.lines), ...exitCodeOf({ skipped }) };
    const data = {
      payout,
      customers: new Set(files.lines.map((line) => line.customer_id)).size,
      skipped,
      file: places.csv ?? null,
      sepa_file: places.sepa ?? null,
    };
    return { kind: 'object', data: { ...data, dry_run: context.globals.dryRun }, ...exitCodeOf({ skipped }) };
  });
}

function warnOfSkipped(context: Context, skipped: readonly { customer_id: string; reason: string }[]): void {
  if (skipped.length === 0) return;
  for (const { customer_id, reason } of skipped.slice(0, MOST_SHOWN))
    context.warn(`${customer_id}: ${reason}`);
  context.warn(`${skipped.length} amounts can't be transferred and stay due.`);
}

interface Sinks {
  readonly csv: Sink | undefined;
  readonly sepa: Sink | undefined;
}

async function openSinks({ io }: Context, { csv, sepa }: Places): Promise<Sinks> {
  return {
    csv: csv === undefined ? undefined : await fileSink(io.directory, csv),
    sepa: sepa === undefined ? undefined : await fileSink(io.directory, sepa),
  };
}

async function writeFiles({ csv, sepa }: Sinks, files: PayoutFiles): Promise<void> {
  if (csv !== undefined) await writeLines(csv, files.lines);
  if (sepa !== undefined && files.sepa !== undefined) await sepa.write(files.sepa.xml);
}

async function commitSinks({ csv, sepa }: Sinks): Promise<void> {
  await csv?.commit();
  await sepa?.commit();
}

async function abandonSinks({ csv, sepa }: Sinks): Promise<void> {
  await csv?.abandon();
  await sepa?.abandon();
}

// An existing file is only replaced with --force.
function filesToWrite({ globals: { output, dryRun, force }, io }: Context, sepa: string | undefined): Places {
  if (dryRun) return { csv: undefined, sepa: undefined };
  const csv = output === '-' ? undefined : output;
  for (const file of [csv, sepa]) if (file !== undefined) checkOutput(io.directory, file, force);
  return { csv, sepa };
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
  customer_ref: _ref,
  ...line
}: PayoutLine): Record<(typeof COLUMNS)[number], string | number | null> {
  return { ...line, amount: formatMinorUnits(amount_minor, line.currency) };
}

function toList(lines: readonly PayoutLine[]): ListResult {
  const rows: readonly Row[] = lines.map(toRow);
  return { kind: 'list', columns: COLUMNS.map((key) => ({ key })), rows };
}
