import type { Contest } from '../contests/get-contest.ts';
import type { MessageProgram } from '../templates/message-program.ts';
import type { Instant } from '../time.ts';

export interface ContestObstacle {
  readonly reason: string;
  readonly fix: string;
}

const OVER: ContestObstacle = {
  reason: 'it is over',
  fix: 'choose a contest that runs, or a template that shows the results once it is finalized',
};

/** Why a contest can't be mailed about, or undefined when it can: while it runs, and its results at the end. */
export function findContestObstacle(
  { slug, status, ends_at }: Pick<Contest, 'slug' | 'status' | 'ends_at'>,
  programs: readonly MessageProgram[],
  now: Instant,
): ContestObstacle | undefined {
  const showsResults = programs.every((program) => program.variables.some(isResult));
  if (status === 'active' && now >= ends_at && !showsResults)
    return { ...OVER, reason: `it is over since ${ends_at}` };
  if (status === 'active' || (status === 'finalized' && showsResults)) return undefined;
  if (status === 'finalized' || status === 'ended' || status === 'cancelled') return OVER;
  return status === 'paused'
    ? { reason: 'it is paused', fix: `go on with it: referral contests resume ${slug}` }
    : { reason: 'it is not launched yet', fix: `launch it: referral contests launch ${slug}` };
}

// A mail about results can only be told from others by what it shows.
function isResult(variable: string): boolean {
  return variable.startsWith('leader_') || variable === 'drawing_winners' || variable === 'position';
}
