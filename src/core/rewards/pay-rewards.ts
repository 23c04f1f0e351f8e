import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import { getContest } from '../contests/get-contest.ts';
import type { Database, Queries } from '../database/database.ts';
import { formatMinorUnits } from '../money.ts';
import { type OnProgress, tellProgress } from '../progress.ts';
import { assertNotQuarantined } from '../settings/quarantine.ts';
import type { BankAccount, GivenAccount } from './bank-account.ts';
import { moveReward } from './change-status.ts';
import { findPayees, listSkipped, type Payees, type SkippedPayee } from './find-payees.ts';
import {
  countPayouts,
  type DueRow,
  insertPayout,
  insertPayoutItems,
  listDue,
  listPayoutLines,
  type PayoutItem,
  type PayoutLine,
} from './payout-queries.ts';
import { postByContest } from './post-by-contest.ts';
import { listPayable } from './reward-queries.ts';
import { getDebtor, type SepaFile, writeTransfers } from './write-transfers.ts';

const PAGE = 2_000;

export interface PayDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly run: Run;
  /** Hears of rewards that are looked at. */
  readonly onProgress?: OnProgress | undefined;
}

export interface PayOptions {
  /** Rewards of this contest; of all when undefined. */
  readonly contest: string | undefined;
  /** Pay by SEPA transfer only, with these accounts by customer_id; who can't be paid so stays due. */
  readonly sepa?: { readonly accounts: ReadonlyMap<string, GivenAccount> } | undefined;
}

export interface PayPlan {
  readonly customers: number;
  readonly rewards: number;
  /** What would be handed out, by currency. */
  readonly totals: Readonly<Record<string, string>>;
  /** Who stays due, because no SEPA transfer can reach them. */
  readonly skipped: readonly SkippedPayee[];
}

export interface PayResult extends PayPlan {
  /** The name of the payout, or null when nothing was due. */
  readonly payout: string | null;
  readonly dry_run: boolean;
}

/** What the files of a payout are made from. */
export interface PayoutFiles {
  readonly lines: readonly PayoutLine[];
  readonly sepa: SepaFile | undefined;
}

/** Who would be paid what. Throws `quarantined`, `not_found`, `configuration_invalid`. */
export async function planPayout(queries: Queries, options: PayOptions): Promise<PayPlan> {
  const { due, payees } = await findDue(queries, options);
  return describePlan(due, payees);
}

/**
 * Pays everything that is available or claimed, once: marks the rewards as paid under one payout and hands its lines to `write`
 * before the change is made durable. What a customer owes from rewards that were reversed after they were paid is deducted, and
 * carried on when it is more. With nothing due, nothing is written and no payout is made. With `sepa`, the payout is exactly what the
 * file of transfers says, whose hash goes into the audit log.
 */
export async function payRewards(
  { database, clock, run, onProgress }: PayDependencies,
  options: PayOptions & { readonly dryRun: boolean },
  write: (files: PayoutFiles) => Promise<void>,
): Promise<PayResult> {
  const { contest, dryRun } = options;
  return database.transaction(
    async (queries) => {
      const { contestId, due, payees, debtor } = await findDue(queries, options);
      const plan = describePlan(due, payees);
      if (due.length === 0) return { payout: null, ...plan, dry_run: dryRun };
      const payout = `PO-${String((await countPayouts(queries)) + 1).padStart(6, '0')}`;
      const now = clock.now();
      const id = await insertPayout(queries, {
        payout,
        operator: run.operator,
        run_id: run.id,
        created_at: now,
      });
      await insertPayoutItems(queries, id, due.flatMap(toItem));
      const isLeftOut = leftOut(payees);
      let looked = 0;
      for (let after = 0; ; ) {
        const rows = await listPayable(queries, contestId, after, PAGE);
        const last = rows.at(-1);
        if (last === undefined) break;
        const paid = rows.filter((row) => !isLeftOut(row.customer_ref, row.currency ?? ''));
        const moves = paid.map((row) => moveReward(row, 'pay', 'paid', payout));
        await postByContest(queries, moves, { run, now, payout: { id, payout } });
        after = last.id;
        looked += rows.length;
        await tellProgress(onProgress, looked, plan.rewards);
      }
      const lines = await listPayoutLines(queries, id);
      const sepa =
        debtor === undefined || payees === undefined
          ? undefined
          : writeTransfers({ payout, created_at: now }, lines, debtor, payees);
      const { skipped, ...counts } = plan;
      await appendAudit(queries, clock, run, {
        action: 'rewards.paid',
        subject: payout,
        details: {
          ...{ ...counts, contest: contest ?? 'all' },
          ...(sepa === undefined ? {} : { skipped: skipped.length, sepa_sha256: sepa.sha256 }),
        },
      });
      if (!dryRun) await write({ lines, sepa });
      return { payout, ...plan, dry_run: dryRun };
    },
    // A file that was written can't be written a second time into the same place: a conflict is told instead.
    { rollback: dryRun, once: true },
  );
}

interface Due {
  readonly contestId: number | undefined;
  /** What this payout settles. */
  readonly due: readonly DueRow[];
  readonly payees: Payees | undefined;
  readonly debtor: BankAccount | undefined;
}

async function findDue(queries: Queries, { contest, sepa }: PayOptions): Promise<Due> {
  await assertNotQuarantined(queries);
  const contestId = contest === undefined ? undefined : (await getContest(queries, contest)).id;
  const debtor = sepa === undefined ? undefined : await getDebtor(queries);
  const due = await listDue(queries, contestId);
  if (sepa === undefined) return { contestId, due, payees: undefined, debtor };
  // Who gets nothing, because a debt takes it all, needs no account.
  const amounts = due
    .map((row) => ({ ...row, amount_minor: payable(row) }))
    .filter((row) => row.amount_minor > 0);
  const payees = await findPayees(queries, amounts, sepa.accounts);
  const isLeftOut = leftOut(payees);
  const settled = due.filter((row) => !isLeftOut(row.customer_ref, row.currency));
  return { contestId, due: settled, payees, debtor };
}

function leftOut(payees: Payees | undefined): (customerRef: number, currency: string) => boolean {
  const keys = new Set(payees?.skipped.map(({ customer_ref, currency }) => `${customer_ref} ${currency}`));
  return (customerRef, currency) => keys.has(`${customerRef} ${currency}`);
}

function toItem(due: DueRow): PayoutItem[] {
  const amount = payable(due);
  if (amount <= 0) return [];
  const { customer_ref, currency, rewards } = due;
  return [{ customer_ref, currency, amount_minor: amount, rewards }];
}

// The account `paid` with these rewards, less what was handed out: above 0 it is due, below 0 the customer owes it.
function payable({ due_minor, paid_account, paid_out }: DueRow): number {
  return due_minor + paid_account - paid_out;
}

function describePlan(due: readonly DueRow[], payees: Payees | undefined): PayPlan {
  const totals = new Map<string, number>();
  const people = new Set<number>();
  for (const row of due) {
    const amount = Math.max(0, payable(row));
    if (amount > 0) people.add(row.customer_ref);
    totals.set(row.currency, (totals.get(row.currency) ?? 0) + amount);
  }
  return {
    customers: people.size,
    rewards: due.reduce((sum, row) => sum + row.rewards, 0),
    totals: Object.fromEntries(
      [...totals]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([currency, minor]) => [currency, formatMinorUnits(minor, currency)]),
    ),
    skipped: listSkipped(payees),
  };
}
