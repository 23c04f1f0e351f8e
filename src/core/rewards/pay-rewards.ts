import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import { getContest } from '../contests/get-contest.ts';
import type { Database, Queries } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import { formatMinorUnits } from '../money.ts';
import { assertNotQuarantined } from '../settings/quarantine.ts';
import { moveReward } from './change-status.ts';
import {
  countPayouts,
  type DueRow,
  findPayout,
  insertPayout,
  insertPayoutItems,
  listDue,
  listPayoutLines,
  listPayoutNames,
  type PayoutItem,
  type PayoutLine,
} from './payout-queries.ts';
import { postByContest } from './post-by-contest.ts';
import { listPayable } from './reward-queries.ts';

const PAGE = 2_000;

export interface PayDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly run: Run;
}

export interface PayPlan {
  readonly customers: number;
  readonly rewards: number;
  /** What would be handed out, by currency. */
  readonly totals: Readonly<Record<string, string>>;
}

export interface PayResult extends PayPlan {
  /** The name of the payout, or null when nothing was due. */
  readonly payout: string | null;
  readonly dry_run: boolean;
}

/** Who would be paid what. Throws `quarantined`, `not_found`. */
export async function planPayout(queries: Queries, contest: string | undefined): Promise<PayPlan> {
  const contestId = contest === undefined ? undefined : (await getContest(queries, contest)).id;
  await assertNotQuarantined(queries);
  return describePlan(await listDue(queries, contestId));
}

/**
 * Pays everything that is available or claimed, once: marks the rewards as paid under one payout and hands its lines to `write`
 * before the change is made durable. What a customer owes from rewards that were reversed after they were paid is deducted, and
 * carried on when it is more. With nothing due, nothing is written and no payout is made.
 */
export async function payRewards(
  { database, clock, run }: PayDependencies,
  options: { readonly contest: string | undefined; readonly dryRun: boolean },
  write: (lines: readonly PayoutLine[]) => Promise<void>,
): Promise<PayResult> {
  const { contest, dryRun } = options;
  return database.transaction(
    async (queries) => {
      await assertNotQuarantined(queries);
      const contestId = contest === undefined ? undefined : (await getContest(queries, contest)).id;
      const due = await listDue(queries, contestId);
      const plan = describePlan(due);
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
      for (let after = 0; ; ) {
        const rows = await listPayable(queries, contestId, after, PAGE);
        const last = rows.at(-1);
        if (last === undefined) break;
        const moves = rows.map((row) => moveReward(row, 'pay', 'paid', payout));
        await postByContest(queries, moves, { run, now, payout: { id, payout } });
        after = last.id;
      }
      await appendAudit(queries, clock, run, {
        action: 'rewards.paid',
        subject: payout,
        details: { ...plan, contest: contest ?? 'all' },
      });
      if (!dryRun) await write(await listPayoutLines(queries, id));
      return { payout, ...plan, dry_run: dryRun };
    },
    { rollback: dryRun },
  );
}

/** The lines of a payout that was made before, to write its file again. Throws `not_found`. */
export async function getPayoutLines(queries: Queries, payout: string): Promise<readonly PayoutLine[]> {
  const found = await findPayout(queries, payout);
  if (found !== undefined) return listPayoutLines(queries, found.id);
  const names = await listPayoutNames(queries);
  throw new ReferralError('not_found', `There is no payout "${payout}"`, {
    hint: names.length === 0 ? 'Nothing was paid yet.' : `The latest is ${names.at(-1)}.`,
  });
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

function describePlan(due: readonly DueRow[]): PayPlan {
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
  };
}
