import { appendAudit } from '../audit/append-audit.ts';
import { getContest } from '../contests/get-contest.ts';
import type { Database, Queries } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import { assertFeedable } from './assert-feedable.ts';
import { type DecidingDependencies, evaluateReferrals } from './evaluate-referrals.ts';
import { insertDecisions, listReferralsById, type ReferralDetailRow } from './referral-list-queries.ts';

const IDS_AT_ONCE = 5_000;

export type DecisionVerb = 'approve' | 'reject' | 'reverse';

export interface DecideResult {
  readonly decision: DecisionVerb;
  readonly changed: number;
  /** Were so already. */
  readonly unchanged: number;
  /** Can't be decided so, with the reason. */
  readonly refused: readonly { readonly id: number; readonly reason: string }[];
  readonly dry_run: boolean;
}

const GOALS = { approve: 'approved', reject: 'rejected', reverse: 'reversed' } as const;

// What no person can overrule, because it is not a judgement.
const FACTS = new Set([
  'friend_already_referred',
  'self_referral',
  'outside_contest',
  'code_revoked',
  'code_expired',
  'code_changed',
]);

/**
 * Records what a person decides about referrals, and decides their contests anew. A decision holds for every later import, but a
 * cancelled booking reverses an approved referral all the same. Throws `not_found` for an unknown id, `state_forbids` for
 * a contest that is over.
 */
export async function decideReferrals(
  { database, clock, run, onDecided }: DecidingDependencies & { readonly database: Database },
  options: {
    readonly ids: readonly number[];
    readonly decision: DecisionVerb;
    readonly reason: string;
    readonly dryRun: boolean;
  },
): Promise<DecideResult> {
  const { decision, reason, dryRun } = options;
  return database.transaction(
    async (queries) => {
      const referrals = await getReferrals(queries, [...new Set(options.ids)]);
      const slugs = [...new Set(referrals.map((referral) => referral.contest))];
      const contests = await Promise.all(slugs.map((slug) => getContest(queries, slug)));
      for (const contest of contests) assertFeedable(contest);
      const refused: { id: number; reason: string }[] = [];
      const open: ReferralDetailRow[] = [];
      let unchanged = 0;
      for (const referral of referrals) {
        const problem = findProblem(referral, decision);
        if (problem === 'done') unchanged += 1;
        else if (problem !== undefined) refused.push({ id: referral.id, reason: problem });
        else open.push(referral);
      }
      await insertDecisions(
        queries,
        open.map(({ id }) => ({
          ...{
            referral_id: id,
            decision,
            reason,
            operator: run.operator,
            run_id: run.id,
            decided_at: clock.now(),
          },
        })),
      );
      for (const contest of contests) await evaluateReferrals(queries, contest, clock.now(), { onDecided });
      const after = await getReferrals(
        queries,
        open.map(({ id }) => id),
      );
      for (const { id, status, reason: why } of after) {
        if (status !== GOALS[decision]) refused.push({ id, reason: `it is ${status}: ${why}` });
      }
      const changed = after.filter(({ status }) => status === GOALS[decision]).length;
      await appendAudit(queries, clock, run, {
        action: `referrals.${GOALS[decision]}`,
        subject: slugs.join(' '),
        details: {
          changed,
          unchanged,
          refused: refused.length,
          reason,
          ids: open.slice(0, 1_000).map(({ id }) => id),
        },
      });
      return { decision, changed, unchanged, refused, dry_run: dryRun };
    },
    { rollback: dryRun },
  );
}

function findProblem(
  { status, reason }: ReferralDetailRow,
  decision: DecisionVerb,
): string | 'done' | undefined {
  if (status === GOALS[decision]) return 'done';
  switch (decision) {
    case 'approve':
      if (status === 'reversed' && reason !== 'decision') return `its booking is over: ${reason}`;
      return FACTS.has(reason) ? `no one can approve this: ${reason}` : undefined;
    case 'reject':
      return status === 'pending' || status === 'held'
        ? undefined
        : `it is ${status}; an approved one is reversed`;
    case 'reverse':
      return status === 'approved' ? undefined : `it is ${status}; only an approved one is reversed`;
  }
}

async function getReferrals(queries: Queries, ids: readonly number[]): Promise<readonly ReferralDetailRow[]> {
  const found: ReferralDetailRow[] = [];
  for (let at = 0; at < ids.length; at += IDS_AT_ONCE) {
    found.push(...(await listReferralsById(queries, ids.slice(at, at + IDS_AT_ONCE))));
  }
  if (found.length === ids.length) return found;
  const known = new Set(found.map(({ id }) => id));
  const missing = ids.filter((id) => !known.has(id));
  throw new ReferralError('not_found', `There is no referral ${missing.slice(0, 5).join(', ')}`, {
    hint: 'List them: referral conversions list',
    details: { referrals: missing.slice(0, 100) },
  });
}
