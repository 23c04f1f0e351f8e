import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import { computeLeaderboard } from '../leaderboard/compute-leaderboard.ts';
import { assertParticipants } from './assert-participants.ts';
import { assertContestStatus } from './contest-transition.ts';
import { updateContest } from './contests-queries.ts';
import { diffRules, type RulesChange } from './diff-rules.ts';
import { type Contest, getContest } from './get-contest.ts';
import { hashRules, type Rules } from './rules.ts';
import { assertSupportedRules } from './unsupported-rules.ts';

export interface AmendedRules {
  readonly contest: string;
  readonly status: Contest['status'];
  readonly rules_sha256_before: string;
  readonly rules_sha256: string;
  readonly changes: readonly RulesChange[];
  /** How many entries of the leaderboard have other points or another position under the new rules. */
  readonly entries_changed: number;
  readonly entries: number;
}

/**
 * Replaces the rules of a contest that is not over, and keeps both versions in the audit log. Referrals and rewards follow
 * with the next import or `rewards compute`. Run it in a transaction.
 */
export async function amendRules(
  queries: Queries,
  { clock, run }: { readonly clock: Clock; readonly run: Run },
  slug: string,
  rules: Rules,
): Promise<AmendedRules> {
  const contest = await getContest(queries, slug);
  assertContestStatus(contest, ['draft', 'active', 'paused', 'ended'], 'keeps its rules for good');
  assertSupportedRules(rules);
  assertParticipants(rules, contest.timezone);
  const after = { ...contest, rules, rules_sha256: hashRules(rules).sha256 };
  const changes = diffRules(contest.rules, rules);
  const effect = await compareBoards(queries, contest, after, clock);
  if (changes.length > 0) {
    await updateContest(queries, contest, { rules: canonicalJson(rules), rules_sha256: after.rules_sha256 });
    await appendAudit(queries, clock, run, {
      action: 'contest.rules_amended',
      subject: slug,
      details: {
        before: contest.rules,
        after: rules,
        before_sha256: contest.rules_sha256,
        after_sha256: after.rules_sha256,
      },
    });
  }
  return {
    contest: slug,
    status: contest.status,
    rules_sha256_before: contest.rules_sha256,
    rules_sha256: after.rules_sha256,
    changes,
    ...effect,
  };
}

async function compareBoards(
  queries: Queries,
  before: Contest,
  after: Contest,
  clock: Clock,
): Promise<Pick<AmendedRules, 'entries' | 'entries_changed'>> {
  const now = clock.now();
  const [old, fresh] = [
    await computeLeaderboard(queries, before, { now }),
    await computeLeaderboard(queries, after, { now }),
  ];
  const known = new Map(old.entries.map((entry) => [entry.customer_ref, entry]));
  const changed = fresh.entries.filter(({ customer_ref, points, position, qualified }) => {
    const entry = known.get(customer_ref);
    return entry?.points !== points || entry.position !== position || entry.qualified !== qualified;
  });
  return { entries: fresh.entries.length, entries_changed: changed.length };
}
