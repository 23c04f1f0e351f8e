import type { Run } from '../audit/run.ts';
import type { Queries } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import type { Instant } from '../time.ts';
import { entryKey, hashEntry } from './ledger.ts';
import { countEntries, type EntryRow, insertEntries, listEntriesByKey } from './ledger-queries.ts';
import { type RewardChange, toColumns } from './reward.ts';
import { insertRewards, updateRewards } from './reward-queries.ts';

export interface PostOptions {
  readonly run: Run;
  readonly now: Instant;
  readonly contest: string;
  readonly payout?: { readonly id: number; readonly payout: string };
}

/**
 * Writes changed rewards and appends their moves to the ledger. The n-th entry of a reward has the n-th key: written twice, it is one
 * entry; written with another content, it is refused. Throws `check_failed` for that.
 */
export async function postChanges(
  queries: Queries,
  changes: readonly RewardChange[],
  options: PostOptions,
): Promise<void> {
  if (changes.length === 0) return;
  const { now } = options;
  const fresh = changes.filter((change) => change.reward_id === undefined);
  await insertRewards(
    queries,
    fresh.map(({ reward_id: _id, movements: _moves, value, ...change }) => ({
      ...change,
      ...toColumns(value),
      now,
    })),
  );
  const known = changes.flatMap((change) =>
    change.reward_id === undefined ? [] : [{ ...change, reward_id: change.reward_id }],
  );
  const counts = await countEntries(
    queries,
    known.map((change) => change.reward_id),
  );
  const entries = changes.flatMap((change) => {
    const written = change.reward_id === undefined ? 0 : (counts.get(change.reward_id) ?? 0);
    return toEntries(change, written, options);
  });
  await postEntries(queries, entries);
  await updateRewards(
    queries,
    known.map(({ reward_id: id, status, value }) => {
      const { type: _type, badge: _badge, ...columns } = toColumns(value);
      return { id, status, ...columns, now };
    }),
  );
}

function toEntries(change: RewardChange, written: number, options: PostOptions): EntryRow[] {
  const { contest, now, run, payout } = options;
  return change.movements.map((movement, index) => {
    const content = {
      idempotency_key: entryKey(change.idempotency_key, written + index + 1),
      customer_ref: change.customer_ref,
      ...movement,
      recorded_at: now,
    };
    return {
      ...content,
      content_sha256: hashEntry({
        ...content,
        reward: change.idempotency_key,
        contest,
        payout: payout?.payout ?? null,
      }),
      contest_id: change.contest_id,
      reward_key: change.idempotency_key,
      payout_id: payout?.id ?? null,
      run_id: run.id,
    };
  });
}

async function postEntries(queries: Queries, entries: readonly EntryRow[]): Promise<void> {
  const written = await insertEntries(queries, entries);
  if (written === entries.length) return;
  const known = await listEntriesByKey(
    queries,
    entries.map((entry) => entry.idempotency_key),
  );
  const byKey = new Map(known.map((entry) => [entry.idempotency_key, entry]));
  for (const entry of entries) {
    const other = byKey.get(entry.idempotency_key);
    const isSame =
      other !== undefined &&
      other.kind === entry.kind &&
      other.from_account === entry.from_account &&
      other.to_account === entry.to_account &&
      other.amount_minor === entry.amount_minor &&
      other.currency === entry.currency;
    if (isSame) continue;
    throw new ReferralError('check_failed', 'The ledger has another entry under the key of a new one', {
      reason: entry.idempotency_key,
      hint: 'Find out more: referral rewards verify',
    });
  }
}
