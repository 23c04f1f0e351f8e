import type { Run } from '../audit/run.ts';
import { compareBytes } from '../compare-bytes.ts';
import type { Queries } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import type { Instant } from '../time.ts';
import type { EntryRow } from './entry-row.ts';
import { entryKey, hashEntry } from './ledger.ts';
import { countEntries, insertEntries, listEntriesByKey } from './ledger-queries.ts';
import { type RewardChange, toColumns } from './reward.ts';
import { insertRewards, reserveRewardIds, updateRewards } from './reward-queries.ts';

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
  const fresh = await insertFresh(queries, changes, now);
  const known = changes.flatMap((change) =>
    change.reward_id === undefined ? [] : [{ ...change, reward_id: change.reward_id }],
  );
  const counts = await countEntries(
    queries,
    known.map((change) => change.reward_id),
  );
  await postEntries(queries, [
    ...fresh.flatMap((change) => toEntries(change, 0, options)),
    ...known.flatMap((change) => toEntries(change, counts.get(change.reward_id) ?? 0, options)),
  ]);
  await updateRewards(
    queries,
    known.map(({ reward_id: id, status, value }) => ({ id, status, ...toColumns(value), now })),
  );
}

interface KnownChange extends RewardChange {
  readonly reward_id: number;
}

// Written in the order of their keys, so that neighbours in the index come together, which a million rows need.
async function insertFresh(
  queries: Queries,
  changes: readonly RewardChange[],
  now: Instant,
): Promise<readonly KnownChange[]> {
  const list = changes.filter((change) => change.reward_id === undefined);
  if (list.length === 0) return [];
  const ids = await reserveRewardIds(queries, list.length);
  const fresh = list
    .map((change, index) => ({ ...change, reward_id: ids[index] ?? 0 }))
    .sort((a, b) => compareBytes(a.idempotency_key, b.idempotency_key));
  await insertRewards(
    queries,
    fresh.map(({ reward_id: id, movements: _moves, value, ...change }) => ({
      ...{ ...change, id, ...toColumns(value), created_at: now, updated_at: now },
    })),
  );
  return fresh;
}

function toEntries(change: KnownChange, written: number, options: PostOptions): EntryRow[] {
  const { contest, now, run, payout } = options;
  return change.movements.map((movement, index) => {
    const content = {
      idempotency_key: entryKey(change.idempotency_key, written + index + 1),
      customer_ref: change.customer_ref,
      ...movement,
      recorded_at: now,
      run_id: run.id,
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
      reward_id: change.reward_id,
      payout_id: payout?.id ?? null,
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
