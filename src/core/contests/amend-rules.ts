import { appendAudit } from '../audit/append-audit.ts';
import type { Clock } from '../clock.ts';
import { type DecidingDependencies, evaluateReferrals } from '../conversions/evaluate-referrals.ts';
import type { Queries } from '../database/database.ts';
import { computeLeaderboard } from '../leaderboard/compute-leaderboard.ts';
import type { Entry } from '../leaderboard/rank-participants.ts';
import { assertParticipants } from './assert-participants.ts';
import { assertContestStatus } from './contest-transition.ts';
import { updateContest } from './contests-queries.ts';
import { diffRules, type RulesChange } from './diff-rules.ts';
import { type Contest, getContest } from './get-contest.ts';
import { hashRules, type Rules } from './rules.ts';

export interface AmendedRules {
  readonly contest: string;
  readonly status: Contest['status'];
  readonly rules_sha256_before: string;
  readonly rules_sha256: string;
  readonly changes: readonly RulesChange[];
  /** Referrals that are decided otherwise under the new rules. */
  readonly referrals_changed: number;
  /** Entries of the leaderboard afterwards, and those that are new, gone, or have other points or another position. */
  readonly entries: number;
  readonly entries_changed: number;
}

/**
 * Replaces the rules of a contest that is not final, decides its referrals anew and keeps both versions of the rules in
 * the audit log. Rewards follow with `rewards compute`. Run it in a transaction; rolled back, it tells what would change.
 */
export async function amendRules(
  queries: Queries,
  dependencies: DecidingDependencies,
  slug: string,
  rules: Rules,
): Promise<AmendedRules> {
  const { clock, run } = dependencies;
  const contest = await getContest(queries, slug);
  assertContestStatus(contest, ['draft', 'active', 'paused', 'ended'], 'keeps its rules for good');
  assertParticipants(rules, contest.timezone);
  const { text, sha256 } = hashRules(rules);
  const changes = diffRules(contest.rules, rules);
  const effect =
    changes.length === 0
      ? {
          referrals_changed: 0,
          entries: (await listEntries(queries, contest, clock)).length,
          entries_changed: 0,
        }
      : await replaceRules(queries, contest, { rules, text, sha256 }, dependencies);
  if (changes.length > 0) {
    await appendAudit(queries, clock, run, {
      action: 'contest.rules_amended',
      subject: slug,
      details: {
        before: contest.rules,
        after: rules,
        before_sha256: contest.rules_sha256,
        after_sha256: sha256,
      },
    });
  }
  return {
    contest: slug,
    status: contest.status,
    rules_sha256_before: contest.rules_sha256,
    rules_sha256: sha256,
    changes,
    ...effect,
  };
}

async function replaceRules(
  queries: Queries,
  contest: Contest,
  { rules, text, sha256 }: { readonly rules: Rules; readonly text: string; readonly sha256: string },
  { clock, onDecided }: DecidingDependencies,
): Promise<Pick<AmendedRules, 'referrals_changed' | 'entries' | 'entries_changed'>> {
  const before = await listEntries(queries, contest, clock);
  const amended: Contest = { ...contest, rules, rules_sha256: sha256 };
  await updateContest(queries, contest, { rules: text, rules_sha256: sha256 });
  const evaluated =
    contest.status === 'draft'
      ? { created: 0, changed: 0 }
      : await evaluateReferrals(queries, amended, clock.now(), { onDecided });
  const after = await listEntries(queries, amended, clock);
  return {
    referrals_changed: evaluated.created + evaluated.changed,
    entries: after.length,
    entries_changed: countChanged(before, after),
  };
}

async function listEntries(queries: Queries, contest: Contest, clock: Clock): Promise<readonly Entry[]> {
  return (await computeLeaderboard(queries, contest, { now: clock.now() })).entries;
}

function countChanged(before: readonly Entry[], after: readonly Entry[]): number {
  const known = new Map(before.map((entry) => [entry.customer_ref, entry]));
  const same = after.filter(({ customer_ref, points, position, qualified }) => {
    const entry = known.get(customer_ref);
    return entry?.points === points && entry.position === position && entry.qualified === qualified;
  });
  return Math.max(before.length, after.length) - same.length;
}
