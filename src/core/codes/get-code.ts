import type { Queries } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import type { Instant } from '../time.ts';
import { isCode, normaliseCode } from './code.ts';
import { type CodeRow, findCodes } from './codes-queries.ts';
import { findNearestCodes } from './find-nearest-codes.ts';

/** The code that a person wrote, however they did. Throws `not_found` with the nearest real codes. */
export async function getCode(
  queries: Queries,
  now: Instant,
  text: string,
): Promise<CodeRow & { readonly id: number }> {
  const code = normaliseCode(text);
  const [row] = await findCodes(queries, now, [code]);
  if (row !== undefined) return row;
  throw codeNotFound(code, await findNearestCodes(queries, now, code));
}

/** The error for a code that does not exist. */
export function codeNotFound(code: string, nearest: readonly string[]): ReferralError {
  return new ReferralError('not_found', `There is no code "${code}"`, {
    ...(isCode(code)
      ? {}
      : { reason: 'Its check symbol is wrong, so it was never given out by this program.' }),
    hint:
      nearest.length === 0
        ? 'List them: referral codes list'
        : `Did you mean ${nearest.map((near) => `"${near}"`).join(' or ')}?`,
    details: { code, nearest },
  });
}
