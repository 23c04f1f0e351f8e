import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import { sha256 } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import { generateCodes } from '../codes/generate-codes.ts';
import type { Queries } from '../database/database.ts';
import type { ContestStatus } from '../database/tables.ts';
import type { OnProgress } from '../progress.ts';
import type { Random } from '../random.ts';
import { moveContest } from './change-contest-status.ts';
import { assertContestStatus, transitionContest } from './contest-transition.ts';
import { countParticipants } from './contests-queries.ts';
import { enrolEligible } from './enrol-eligible.ts';
import { type Contest, getContest } from './get-contest.ts';

export interface EnrolDependencies {
  readonly clock: Clock;
  readonly random: Random;
  readonly run: Run;
  /** Hears of how many customers were looked at, to be enrolled or not. */
  readonly onEnrolled?: OnProgress | undefined;
  /** Hears then of how many participants have a code. */
  readonly onCodes?: OnProgress | undefined;
  /** Of new codes: symbols, and milliseconds until they expire; the defaults when absent. */
  readonly codes?: { readonly length: number; readonly expiresIn: number } | undefined;
}

export interface EnrolledContest {
  readonly contest: string;
  readonly status: ContestStatus;
  readonly enrolled: number;
  readonly codes_created: number;
  readonly participants: number;
}

/**
 * Starts a contest: its rules are frozen, everyone eligible is enrolled and gets a code. A contest that runs already is
 * left as it is. Run it in a transaction.
 */
export async function launchContest(
  queries: Queries,
  dependencies: EnrolDependencies,
  slug: string,
  where: readonly string[],
): Promise<EnrolledContest> {
  const contest = await getContest(queries, slug);
  const status = transitionContest(contest, 'launch');
  if (status === undefined) return unchanged(queries, contest);
  const { clock, run } = dependencies;
  // The seed of the drawing is fixed before anybody can take part; its hash is shown from now on.
  const seed = Buffer.from(dependencies.random.bytes(32)).toString('hex');
  const seed_sha256 = sha256(seed);
  await moveContest(queries, contest, status, { launched_at: clock.now(), seed, seed_sha256 });
  const counts = await enrol(queries, dependencies, contest, where);
  await appendAudit(queries, clock, run, {
    action: 'contest.launched',
    subject: slug,
    details: { ...counts, rules_sha256: contest.rules_sha256, seed_sha256, conditions: where.length },
  });
  return { contest: slug, status, ...counts };
}

/** Enrols everyone eligible who is not in yet, and gives them codes. Run it in a transaction. */
export async function enrolInContest(
  queries: Queries,
  dependencies: EnrolDependencies,
  slug: string,
  where: readonly string[],
): Promise<EnrolledContest> {
  const contest = await getContest(queries, slug);
  assertContestStatus(contest, ['active', 'paused'], 'takes no new participants');
  const { clock, run } = dependencies;
  const counts = await enrol(queries, dependencies, contest, where);
  if (counts.enrolled > 0 || counts.codes_created > 0) {
    await appendAudit(queries, clock, run, {
      action: 'contest.enrolled',
      subject: slug,
      details: { ...counts, conditions: where.length },
    });
  }
  return { contest: slug, status: contest.status, ...counts };
}

async function enrol(
  queries: Queries,
  { clock, random, onEnrolled, onCodes, codes: kind }: EnrolDependencies,
  contest: Contest,
  where: readonly string[],
): Promise<Pick<EnrolledContest, 'enrolled' | 'codes_created' | 'participants'>> {
  const enrolled = await enrolEligible(queries, clock, contest, where, onEnrolled);
  const given = { ...kind, scope: contest.id, onProgress: onCodes };
  const codes = await generateCodes(queries, { clock, random }, given);
  return {
    enrolled,
    codes_created: codes.created,
    participants: await countParticipants(queries, contest.id),
  };
}

async function unchanged(queries: Queries, contest: Contest): Promise<EnrolledContest> {
  return {
    contest: contest.slug,
    status: contest.status,
    enrolled: 0,
    codes_created: 0,
    participants: await countParticipants(queries, contest.id),
  };
}
