import type { Queries } from '../database/database.ts';
import type { Instant } from '../time.ts';
import { CODE_LENGTH } from './code.ts';
import { findCodes } from './codes-queries.ts';
import { listCodesTwoSymbolsAway, listNearCodes } from './near-codes.ts';

/** Enough to help; more would be a way to fish for codes. */
const MOST = 3;

/**
 * Real codes that a normalised text was probably meant to be: one slip away, else two wrong symbols away; at most three.
 * Only what could be a code is looked up, so it costs the same in a table of any size.
 */
export async function findNearestCodes(queries: Queries, now: Instant, code: string): Promise<string[]> {
  if (code.length < CODE_LENGTH.min - 1 || code.length > CODE_LENGTH.max + 1) return [];
  for (const candidates of [listNearCodes, listCodesTwoSymbolsAway]) {
    const found = await findCodes(queries, now, candidates(code));
    if (found.length > 0) return found.slice(0, MOST).map((row) => row.code);
  }
  return [];
}
