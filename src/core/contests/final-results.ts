import { listAudit } from '../audit/list-audit.ts';
import { canonicalJson, sha256 } from '../canonical-json.ts';
import type { Queries } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import { computeLeaderboard } from '../leaderboard/compute-leaderboard.ts';
import type { Entry } from '../leaderboard/rank-participants.ts';
import type { Instant } from '../time.ts';
import { countOpenReferrals, type OpenReferrals } from './final-standings-queries.ts';
import { type Contest, getContest } from './get-contest.ts';
import { listAwards } from './list-awards.ts';
import type { FixedReward } from './rules.ts';

export interface Winner {
  readonly customer_id: string;
  /** The prize position, or the how-manieth that was drawn. */
  readonly number: number;
  readonly reward: WithoutPlace<FixedReward>;
}

// Of each kind of reward by itself, so that its type still tells which fields it has.
type WithoutPlace<R> = R extends unknown ? Omit<R, 'at' | 'position' | 'winners'> : never;

/** What a contest has come to, for good; `results_sha256` is over the canonical JSON of just this. */
export interface SignedResults {
  readonly contest: string;
  readonly name: string;
  readonly starts_at: Instant;
  readonly ends_at: Instant;
  readonly timezone: string;
  readonly rules_sha256: string;
  readonly finalized_at: Instant;
  /** The digest of the frozen leaderboard, which covers every entry. */
  readonly digest: string;
  readonly participants: number;
  readonly qualified: number;
  readonly prizes: readonly Winner[];
  readonly drawing: readonly Winner[];
  /** What the drawing was made from, and the hash of it that was published at the launch. */
  readonly seed: string | null;
  readonly seed_sha256: string | null;
  /** Referrals that were not decided and did not count. */
  readonly open: Pick<OpenReferrals, 'pending' | 'held'>;
}

/** Who signed the results off, by the entry of the audit log that holds their hash. */
export interface SignOff {
  readonly operator: string;
  readonly at: Instant;
  readonly audit_sequence: number;
  readonly audit_hash: string;
}

export interface FinalResults extends SignedResults {
  readonly results_sha256: string;
  /** Null when that part of the audit log was cut off into an archive. */
  readonly signed_off: SignOff | null;
  readonly entries: readonly Entry[];
}

/**
 * The signed-off results of a finalized contest; always the same. Throws `not_found`, `state_forbids` before it is finalized, `check_failed` when they
 * are not what the audit log says was signed off.
 */
export async function getFinalResults(queries: Queries, slug: string, now: Instant): Promise<FinalResults> {
  const contest = await getContest(queries, slug);
  if (contest.status !== 'finalized') {
    throw new ReferralError(
      'state_forbids',
      `Contest "${slug}" has no results yet: it is ${contest.status}`,
      {
        hint: `They are frozen by: referral contests finalize ${slug}`,
        details: { contest: slug, status: contest.status },
      },
    );
  }
  const { entries, digest, ...signed } = await collectResults(queries, contest);
  const results = { ...signed, digest: contest.final_digest ?? '' };
  const results_sha256 = hashResults(results);
  const where = ['action = contest.finalized', `subject = ${slug}`];
  const [entry] = await listAudit(queries, { where, limit: 1, offset: 0, now });
  const said = entry?.details as { readonly digest?: string; readonly results_sha256?: string } | undefined;
  const isSame =
    digest === results.digest &&
    (said === undefined ||
      (said.digest === digest && (said.results_sha256 ?? results_sha256) === results_sha256));
  if (!isSame) {
    throw new ReferralError('check_failed', `The results of "${slug}" are not those that were signed off`, {
      reason: 'The frozen leaderboard, its winners or the contest were changed afterwards.',
      hint: 'See: referral audit verify, referral audit list --where "action = contest.finalized"',
      details: { contest: slug },
    });
  }
  const signed_off =
    entry === undefined
      ? null
      : {
          operator: entry.operator,
          at: entry.at,
          audit_sequence: Number(entry.sequence),
          audit_hash: entry.hash,
        };
  return { ...results, results_sha256, signed_off, entries };
}

/** SHA-256 over the canonical JSON (RFC 8785) of the results. */
export function hashResults(results: SignedResults): string {
  return sha256(canonicalJson(results));
}

/** What a finalized contest has come to; its digest is computed from the frozen entries. */
export async function collectResults(
  queries: Queries,
  contest: Contest,
): Promise<SignedResults & { readonly entries: readonly Entry[] }> {
  const finalized_at = contest.finalized_at ?? contest.ends_at;
  const awards = await listAwards(queries, contest);
  const { digest, entries } = await computeLeaderboard(queries, contest, { now: finalized_at });
  const { pending, held } = await countOpenReferrals(queries, contest.id);
  const winners = (side: 'position' | 'drawing'): Winner[] =>
    awards
      .filter((award) => award.side === side)
      .map(({ customerId, number, reward }) => ({
        customer_id: customerId,
        number,
        reward: withoutPlace(reward),
      }));
  const { slug, name, starts_at, ends_at, timezone, rules_sha256, seed, seed_sha256 } = contest;
  return {
    ...{ contest: slug, name, starts_at, ends_at, timezone, rules_sha256, finalized_at, digest },
    participants: entries.length,
    qualified: entries.filter((entry) => entry.qualified).length,
    prizes: winners('position'),
    drawing: winners('drawing'),
    ...{ seed, seed_sha256, open: { pending, held }, entries },
  };
}

function withoutPlace(reward: FixedReward): Winner['reward'] {
  return Object.fromEntries(
    Object.entries(reward).filter(([key]) => key !== 'position' && key !== 'winners' && key !== 'at'),
  ) as Winner['reward'];
}
