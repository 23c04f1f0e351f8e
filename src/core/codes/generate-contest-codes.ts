import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import { assertContestStatus } from '../contests/contest-transition.ts';
import { getContest } from '../contests/get-contest.ts';
import type { Queries } from '../database/database.ts';
import type { Random } from '../random.ts';
import { compileWhere } from '../selection/compile-where.ts';
import { customerFields } from '../selection/customer-fields.ts';
import { type GenerateCodesOptions, type GeneratedCodes, generateCodes } from './generate-codes.ts';

export interface ContestCodesOptions
  extends Pick<GenerateCodesOptions, 'length' | 'expiresIn' | 'onProgress'> {
  /** Undefined: codes of no contest, for every customer. */
  readonly contest?: string | undefined;
  readonly where: readonly string[];
  /** The zone of times in conditions that have none. */
  readonly timezone: string;
}

/** `codes generate`: codes for the participants of a contest, or for customers. Run it in a transaction. */
export async function generateContestCodes(
  queries: Queries,
  { clock, random, run }: { readonly clock: Clock; readonly random: Random; readonly run: Run },
  { contest: slug, where, timezone, ...options }: ContestCodesOptions,
): Promise<GeneratedCodes> {
  const contest = slug === undefined ? undefined : await getContest(queries, slug);
  if (contest !== undefined) {
    assertContestStatus(contest, ['draft', 'active', 'paused'], 'gives out no more codes');
  }
  const condition =
    where.length === 0
      ? undefined
      : await compileWhere(queries, where, customerFields, { now: clock.now(), timezone });
  const result = await generateCodes(
    queries,
    { clock, random },
    { ...options, scope: contest?.id ?? null, condition },
  );
  if (result.created > 0) {
    await appendAudit(queries, clock, run, {
      action: 'codes.generated',
      subject: slug ?? 'no contest',
      details: { ...result },
    });
  }
  return result;
}
