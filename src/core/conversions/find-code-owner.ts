import { isCode, normaliseCode } from '../codes/code.ts';
import { listNearCodes } from '../codes/near-codes.ts';
import { type Contest, getContest } from '../contests/get-contest.ts';
import type { Queries } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import type { Instant } from '../time.ts';
import { assertFeedable } from './assert-feedable.ts';
import { listExistingCodes } from './booking-queries.ts';
import { findCodeOwner, findCustomerRef } from './sign-up-queries.ts';

export interface UsableCode {
  readonly id: number;
  readonly code: string;
  readonly referrer_ref: number;
  readonly referrer_id: string;
  readonly contest: Contest;
}

/**
 * A code as somebody wrote it, with its owner and its contest, usable at `at`. A code of no contest needs `contestSlug`. Throws
 * `not_found` with the nearest real code, `state_forbids` for one that had expired or was revoked.
 */
export async function getUsableCode(
  queries: Queries,
  text: string,
  contestSlug: string | undefined,
  at: Instant,
): Promise<UsableCode> {
  const code = normaliseCode(text);
  const found = await findCodeOwner(queries, code);
  if (found === undefined) throw await unknownCode(queries, code);
  const slug = found.contest ?? contestSlug;
  if (slug === undefined) {
    throw new ReferralError('usage', `The code ${code} belongs to no contest`, {
      hint: 'Say which one: --contest SLUG',
    });
  }
  if (contestSlug !== undefined && slug !== contestSlug) {
    throw new ReferralError('state_forbids', `The code ${code} belongs to the contest "${slug}"`, {
      hint: `Leave out --contest, or say --contest ${slug}`,
    });
  }
  const contest = await getContest(queries, slug);
  assertFeedable(contest);
  const isOver = found.expires_at <= at || (found.revoked_at !== null && found.revoked_at <= at);
  if (isOver) {
    throw new ReferralError('state_forbids', `The code ${code} had expired or was revoked`, {
      hint: `See: referral codes check ${code}`,
    });
  }
  return { id: found.id, code, referrer_ref: found.customer_ref, referrer_id: found.referrer_id, contest };
}

/** The key of a customer. Throws `not_found`. */
export async function getCustomerRef(queries: Queries, customerId: string): Promise<number> {
  const ref = await findCustomerRef(queries, customerId);
  if (ref !== undefined) return ref;
  throw new ReferralError('not_found', `There is no customer "${customerId}"`, {
    hint: 'Look for them: referral customers list --where "name ~ …"',
  });
}

async function unknownCode(queries: Queries, code: string): Promise<ReferralError> {
  const near = isCode(code) ? [] : await listExistingCodes(queries, listNearCodes(code));
  return new ReferralError('not_found', `There is no code ${code}`, {
    ...(isCode(code) ? {} : { reason: 'Its check symbol is wrong: somebody mistyped it.' }),
    hint:
      near.length === 1
        ? `Did you mean ${near[0]}? Ask whoever wrote it.`
        : `See: referral codes check ${code}`,
    details: { code, nearest: near },
  });
}
