import { isCode } from '../codes/code.ts';
import { listNearCodes } from '../codes/near-codes.ts';
import type { Queries } from '../database/database.ts';
import type { LocatedRow } from './apply-booking-batch.ts';
import { listExistingCodes } from './booking-queries.ts';

/** A code on a booking that credits nobody, and the real one that it was most likely meant to be. */
export interface CodeProblem {
  readonly line: number;
  readonly booking_reference: string;
  readonly code: string;
  readonly problem: 'wrong_check_symbol' | 'unknown';
  /** Never used by itself: mend the row and import it again. */
  readonly nearest: string | null;
}

/** The rows of a batch whose code does not exist; the nearest real code is looked up for the first `most` of them. */
export async function findCodeProblems(
  queries: Queries,
  rows: readonly LocatedRow[],
  most: number,
): Promise<readonly CodeProblem[]> {
  const codes = new Set(rows.flatMap(({ row }) => row.code ?? []));
  const existing = new Set(await listExistingCodes(queries, [...codes]));
  const problems: CodeProblem[] = [];
  for (const { record, row } of rows) {
    const { code, booking_reference } = row;
    if (code === undefined || existing.has(code)) continue;
    const problem = isCode(code) ? 'unknown' : 'wrong_check_symbol';
    const nearest = problems.length < most && problem !== 'unknown' ? await findNearest(queries, code) : null;
    problems.push({ line: record.line, booking_reference, code, problem, nearest });
  }
  return problems;
}

async function findNearest(queries: Queries, code: string): Promise<string | null> {
  const near = await listExistingCodes(queries, listNearCodes(code));
  return near.length === 1 ? (near[0] ?? null) : null;
}
