import { getContest } from '../contests/get-contest.ts';
import type { Queries } from '../database/database.ts';
import { formatMinorUnits } from '../money.ts';
import { type OnProgress, tellProgress } from '../progress.ts';
import type { Instant } from '../time.ts';
import { auditReward, type Finding } from './audit-reward.ts';
import { isMoney } from './ledger.ts';
import { listAccountTotals, listEntriesOfRewards, listOrphanEntries } from './ledger-queries.ts';
import { planContestRewards } from './plan-contest-rewards.ts';
import { countAllRewards, listRewardedContests, listRewardPage, listStrayRewards } from './reward-queries.ts';
import { verifyPayouts } from './verify-payouts.ts';

const PAGE = 1_000;
const MOST_FINDINGS = 1_000;

export interface Verification {
  readonly ok: boolean;
  readonly rewards: number;
  readonly entries: number;
  /** What lies in each account, per currency; each currency sums to zero. */
  readonly accounts: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly findings: readonly Finding[];
}

/**
 * Proves the ledger, or says where it is wrong: no entry was edited, taken out or put in; each currency sums to zero; every reward is
 * where its entries say; no payout hands out more than it moves or something else than the audit log says; and computing all rewards from referrals, milestones and positions
 * again would change nothing. Call it on a snapshot. `onProgress` is told how many rewards were looked at of how many: each of them twice, by its entries
 * and by what it follows from.
 */
export async function verifyRewards(
  queries: Queries,
  now: Instant,
  onProgress?: OnProgress,
): Promise<Verification> {
  const findings: Finding[] = [];
  const total = onProgress === undefined ? 0 : 2 * (await countAllRewards(queries));
  let rewards = 0;
  let entries = 0;
  for (let after = 0; ; ) {
    const page = await listRewardPage(queries, undefined, after, PAGE);
    const last = page.at(-1);
    if (last === undefined) break;
    const written = await listEntriesOfRewards(
      queries,
      page.map(({ id }) => id),
    );
    const byReward = Map.groupBy(written, (entry) => entry.reward_id);
    for (const reward of page) findings.push(...auditReward(reward, byReward.get(reward.id) ?? []));
    rewards += page.length;
    entries += written.length;
    after = last.id;
    await tellProgress(onProgress, rewards, total);
  }
  findings.push(...(await findOrphans(queries)));
  const { accounts, imbalances } = await sumAccounts(queries);
  findings.push(...imbalances, ...(await verifyPayouts(queries, now)), ...(await findStray(queries)));
  findings.push(
    ...(await findDifferences(queries, now, (again) =>
      onProgress?.(Math.min(rewards + again, total), total),
    )),
  );
  return {
    ok: findings.length === 0,
    rewards,
    entries,
    accounts,
    findings: findings.slice(0, MOST_FINDINGS),
  };
}

async function findOrphans(queries: Queries): Promise<readonly Finding[]> {
  const ids = await listOrphanEntries(queries);
  return ids.map((id) => ({
    check: 'entry',
    reward_id: null,
    entry_id: id,
    message: 'it belongs to no reward',
  }));
}

async function sumAccounts(
  queries: Queries,
): Promise<{ readonly accounts: Verification['accounts']; readonly imbalances: readonly Finding[] }> {
  const accounts: Record<string, Record<string, string>> = {};
  const sums = new Map<string, number>();
  for (const { account, currency, amount_minor } of await listAccountTotals(queries)) {
    const part = accounts[currency] ?? {};
    part[account] = isMoney(currency) ? formatMinorUnits(amount_minor, currency) : String(amount_minor);
    accounts[currency] = part;
    sums.set(currency, (sums.get(currency) ?? 0) + amount_minor);
  }
  const imbalances = [...sums]
    .filter(([, sum]) => sum !== 0)
    .map(
      ([currency, sum]): Finding => ({
        check: 'currency',
        reward_id: null,
        entry_id: null,
        message: `${currency} sums to ${sum} minor units instead of 0`,
      }),
    );
  return { accounts, imbalances };
}

async function findStray(queries: Queries): Promise<readonly Finding[]> {
  return (await listStrayRewards(queries, MOST_FINDINGS)).map((id) => ({
    check: 'recomputed',
    reward_id: id,
    entry_id: null,
    message: 'it follows from no referral, milestone or position',
  }));
}

async function findDifferences(
  queries: Queries,
  now: Instant,
  onProgress: (rewards: number) => void,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  let rewards = 0;
  for (const slug of await listRewardedContests(queries)) {
    for await (const { changes, unchanged } of planContestRewards(
      queries,
      await getContest(queries, slug),
      now,
    )) {
      for (const { idempotency_key, reward_id, movements } of changes) {
        const moves = movements.map(({ kind }) => kind).join(', ');
        findings.push({
          check: 'recomputed',
          reward_id: reward_id ?? null,
          entry_id: null,
          message: `${idempotency_key} lacks: ${moves}; run rewards compute if its referral changed since`,
        });
        if (findings.length >= MOST_FINDINGS) return findings;
      }
      rewards += changes.length + unchanged;
      await tellProgress(onProgress, rewards);
    }
  }
  return findings;
}
