import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import { getContest } from '../contests/get-contest.ts';
import type { Database, Queries } from '../database/database.ts';
import { chunksOf } from '../database/in-chunks.ts';
import { ReferralError } from '../errors.ts';
import { type OnProgress, tellProgress } from '../progress.ts';
import { moveReward } from './change-status.ts';
import { postByContest } from './post-by-contest.ts';
import { listOverdue, listRewardsById, type StandingRow } from './reward-queries.ts';

const IDS_AT_ONCE = 2_000;

export interface ChangeDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly run: Run;
  /** Hears of rewards that are looked at. */
  readonly onProgress?: OnProgress | undefined;
}

export interface ChangeResult {
  readonly changed: number;
  /** Were so already. */
  readonly unchanged: number;
  readonly refused: readonly { readonly id: number; readonly reason: string }[];
  readonly dry_run: boolean;
}

/** Marks available rewards as claimed by their customers. Throws `not_found`. */
export async function claimRewards(
  dependencies: ChangeDependencies,
  { ids, dryRun }: { readonly ids: readonly number[]; readonly dryRun: boolean },
): Promise<ChangeResult> {
  const now = dependencies.clock.now();
  return changeRewards(dependencies, {
    ...{ ids, dryRun, action: 'rewards.claimed', kind: 'claim', to: 'claimed', reason: 'claimed' },
    judge: ({ status, expires_at }) => {
      if (status === 'claimed' || status === 'paid') return 'done';
      if (status !== 'available') return `it is ${status}`;
      return expires_at !== null && expires_at <= now ? `it expired at ${expires_at}` : undefined;
    },
  });
}

/** Takes rewards back by hand, for good. What was paid already is carried to the customer's next payout. Throws `not_found`. */
export async function reverseRewards(
  dependencies: ChangeDependencies,
  {
    ids,
    reason,
    dryRun,
  }: { readonly ids: readonly number[]; readonly reason: string; readonly dryRun: boolean },
): Promise<ChangeResult> {
  return changeRewards(dependencies, {
    ...{ ids, dryRun, action: 'rewards.reversed', kind: 'revoke', to: 'reversed' },
    reason: reason === '' ? 'taken back by hand' : reason,
    judge: ({ status }) =>
      status === 'reversed' ? 'done' : status === 'expired' ? 'it is expired' : undefined,
  });
}

interface Change {
  readonly ids: readonly number[];
  readonly dryRun: boolean;
  readonly action: string;
  readonly kind: 'claim' | 'revoke';
  readonly to: 'claimed' | 'reversed';
  readonly reason: string;
  /** `done`, why not, or undefined when it can be done. */
  readonly judge: (row: StandingRow) => string | undefined;
}

async function changeRewards(
  { database, clock, run, onProgress }: ChangeDependencies,
  change: Change,
): Promise<ChangeResult> {
  const { action, dryRun, judge, kind, reason, to } = change;
  const ids = [...new Set(change.ids)];
  return database.transaction(
    async (queries) => {
      const refused: { id: number; reason: string }[] = [];
      let changed = 0;
      let unchanged = 0;
      let looked = 0;
      for (const some of chunksOf(ids, IDS_AT_ONCE)) {
        const open: StandingRow[] = [];
        for (const row of await getRewards(queries, some)) {
          const verdict = judge(row);
          if (verdict === undefined) open.push(row);
          else if (verdict === 'done') unchanged += 1;
          else refused.push({ id: row.id, reason: verdict });
        }
        const moves = open.map((row) => moveReward(row, kind, to, reason));
        await postByContest(queries, moves, { run, now: clock.now() });
        changed += open.length;
        looked += some.length;
        await tellProgress(onProgress, looked, ids.length);
      }
      const details = { changed, unchanged, refused: refused.length, reason };
      if (changed > 0) await appendAudit(queries, clock, run, { action, subject: 'rewards', details });
      return { changed, unchanged, refused, dry_run: dryRun };
    },
    { rollback: dryRun },
  );
}

async function getRewards(queries: Queries, ids: readonly number[]): Promise<readonly StandingRow[]> {
  const rows = await listRewardsById(queries, ids);
  if (rows.length === ids.length) return rows;
  const known = new Set(rows.map(({ id }) => id));
  const missing = ids.filter((id) => !known.has(id));
  throw new ReferralError('not_found', `There is no reward ${missing.slice(0, 5).join(', ')}`, {
    hint: 'List them: referral rewards list',
    details: { rewards: missing.slice(0, 100) },
  });
}

/** Expires the rewards that nobody claimed in time, of one contest or of all. Throws `not_found`. */
export async function expireRewards(
  { database, clock, run, onProgress }: ChangeDependencies,
  { contest, dryRun }: { readonly contest: string | undefined; readonly dryRun: boolean },
): Promise<{ readonly expired: number; readonly dry_run: boolean }> {
  const now = clock.now();
  return database.transaction(
    async (queries) => {
      const contestId = contest === undefined ? undefined : (await getContest(queries, contest)).id;
      let expired = 0;
      for (let after = 0; ; ) {
        const rows = await listOverdue(queries, contestId, now, after, IDS_AT_ONCE);
        const last = rows.at(-1);
        if (last === undefined) break;
        const moves = rows.map((row) => moveReward(row, 'expire', 'expired', 'nobody claimed it in time'));
        await postByContest(queries, moves, { run, now });
        expired += rows.length;
        after = last.id;
        await tellProgress(onProgress, expired);
      }
      const subject = contest ?? 'rewards';
      if (expired > 0)
        await appendAudit(queries, clock, run, { action: 'rewards.expired', subject, details: { expired } });
      return { expired, dry_run: dryRun };
    },
    { rollback: dryRun },
  );
}
