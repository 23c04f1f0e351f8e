import { appendAudit } from '../audit/append-audit.ts';
import type { Database } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import type { Instant } from '../time.ts';
import { type DecidingDependencies, evaluateReferrals } from './evaluate-referrals.ts';
import { getCustomerRef, getUsableCode } from './find-code-owner.ts';
import { insertSignUp } from './sign-up-queries.ts';

export interface TrackResult {
  readonly contest: string;
  readonly code: string;
  readonly referrer_id: string;
  readonly friend_id: string;
  readonly signed_up_at: Instant;
  /** False when this sign-up was known already. */
  readonly created: boolean;
  readonly dry_run: boolean;
}

/**
 * Records that a customer signed up with a code: a later booking without a code is credited to its owner. Throws `not_found`,
 * and `state_forbids` for one's own code, a code that is over, or a contest that takes nothing.
 */
export async function trackSignUp(
  { database, clock, run, onDecided }: DecidingDependencies & { readonly database: Database },
  options: {
    readonly code: string;
    readonly customerId: string;
    readonly contest: string | undefined;
    readonly at: Instant | undefined;
    readonly dryRun: boolean;
  },
): Promise<TrackResult> {
  const { customerId, dryRun } = options;
  const at = options.at ?? clock.now();
  return database.transaction(
    async (queries) => {
      const { id, code, contest, referrer_ref, referrer_id } = await getUsableCode(
        queries,
        options.code,
        options.contest,
        at,
      );
      const friendRef = await getCustomerRef(queries, customerId);
      if (friendRef === referrer_ref) {
        throw new ReferralError('state_forbids', `The code ${code} is ${customerId}'s own`, {
          reason: 'Nobody refers themselves.',
          hint: `See whose code it is: referral codes check ${code}`,
        });
      }
      if (!contest.rules.attribution.by.includes('sign_up')) {
        throw new ReferralError('state_forbids', `The rules of "${contest.slug}" credit by code alone`, {
          reason: 'attribution.by does not name sign_up.',
          hint: `See the rules: referral contests show ${contest.slug} --rules. To change them: referral contests amend --help`,
        });
      }
      const created = await insertSignUp(queries, {
        ...{ contest_id: contest.id, code_id: id, customer_ref: friendRef, signed_up_at: at, run_id: run.id },
      });
      if (created) {
        await evaluateReferrals(queries, contest, clock.now(), { onDecided });
        await appendAudit(queries, clock, run, {
          action: 'sign_up.tracked',
          subject: contest.slug,
          details: { code, signed_up_at: at },
        });
      }
      return {
        ...{ contest: contest.slug, code, referrer_id, friend_id: customerId, signed_up_at: at, created },
        dry_run: dryRun,
      };
    },
    { rollback: dryRun },
  );
}
