import type { Contest } from '../contests/get-contest.ts';
import type { Queries } from '../database/database.ts';
import { keySlices } from '../database/key-slices.ts';
import { ReferralError } from '../errors.ts';
import type { Instant } from '../time.ts';
import { isBudgetAmple } from './find-spent.ts';
import {
  findLastKeys,
  hasReferralRewards,
  insertFirstEntries,
  insertFirstRewards,
} from './first-reward-queries.ts';

/** Referrals that one statement goes through: so many that sorting them pays, and few enough for a signal to come in between. */
const SLICE = 250_000;

export interface FirstRewards {
  readonly now: Instant;
  readonly expiresAt: Instant | null;
  readonly runId: number | null;
  readonly isLedgerNew: boolean;
}

/** Was nothing rewarded for the referrals of a contest yet, and does nothing depend on a budget? Then `grantFirstRewards` is the fast way. */
export async function isUnrewarded(queries: Queries, contest: Contest): Promise<boolean> {
  return !(await hasReferralRewards(queries, contest.id)) && (await isBudgetAmple(queries, contest));
}

/**
 * Grants what the approved referrals of a contest earn of which none has been rewarded, inside of the database; gives the number of rewards of each
 * part that was written. Throws `check_failed` where the ledger has an entry that no reward belongs to.
 */
export async function* grantFirstRewards(
  queries: Queries,
  contest: Contest,
  { now, expiresAt, runId, isLedgerNew }: FirstRewards,
): AsyncGenerator<number> {
  const { referrer, friend } = contest.rules.rewards;
  if (referrer === undefined && friend === undefined) return;
  const last = await findLastKeys(queries);
  let lastReward = last.reward;
  for (const slice of keySlices(last.referral, SLICE)) {
    const rewards = await insertFirstRewards(queries, contest, { ...slice, now, expiresAt });
    const entries = await insertFirstEntries(queries, contest, {
      after: lastReward,
      now,
      runId,
      isLedgerNew,
    });
    if (entries !== rewards) throw otherEntries();
    yield rewards;
    lastReward = (await findLastKeys(queries)).reward;
  }
}

function otherEntries(): ReferralError {
  return new ReferralError('check_failed', 'The ledger has another entry under the key of a new one', {
    hint: 'Find out more: referral rewards verify',
  });
}
