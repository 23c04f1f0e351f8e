import { isCode } from '../codes/code.ts';
import { listNearCodes } from '../codes/near-codes.ts';
import type { Queries } from '../database/database.ts';
import { listExistingCodes } from './booking-queries.ts';
import { listUnknownCodes } from './stage-queries.ts';

/** A code on a booking that credits nobody, and the real one that it was most likely meant to be. */
export interface CodeProblem {
  readonly line: number;
  readonly booking_reference: string;
  readonly code: string;
  readonly problem: 'wrong_check_symbol' | 'unknown';
  /** Never used by itself: mend the row and import it again. */
  readonly nearest: string | null;
}

/** The first `most` rows of the staged file whose code does not exist, with the real one that they are a slip away from. */
export async function findCodeProblems(queries: Queries, most: number): Promise<readonly CodeProblem[]> {
  const problems: CodeProblem[] = [];
  for (const { line, booking_reference, code } of await listUnknownCodes(queries, most)) {
    const problem = isCode(code) ? 'unknown' : 'wrong_check_symbol';
    const nearest = problem === 'unknown' ? null : await findNearest(queries, code);
    problems.push({ line, booking_reference, code, problem, nearest });
  }
  return problems;
}

async function findNearest(queries: Queries, code: string): Promise<string | null> {
  const near = await listExistingCodes(queries, listNearCodes(code));
  return near.length === 1 ? (near[0] ?? null) : null;
}
