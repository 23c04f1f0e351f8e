import { appendAudit } from '../audit/append-audit.ts';
import { canonicalJson } from '../canonical-json.ts';
import { getContest } from '../contests/get-contest.ts';
import type { Database } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import { parseMinorUnits } from '../money.ts';
import type { Instant } from '../time.ts';
import { listBookings, upsertBookings } from './booking-queries.ts';
import { type DecidingDependencies, evaluateReferrals } from './evaluate-referrals.ts';
import { getCustomerRef, getUsableCode } from './find-code-owner.ts';
import { type ListedReferral, toListed } from './list-referrals.ts';
import { findReferral } from './referral-list-queries.ts';
import { findReferralOfBooking } from './sign-up-queries.ts';

/** The source of bookings that an operator typed in. */
export const MANUAL_SOURCE = 'manual';

export interface ConvertOptions {
  readonly code: string;
  readonly customerId: string;
  readonly contest?: string | undefined;
  /** Needed unless the rules do without. */
  readonly bookingReference?: string | undefined;
  /** A decimal text. */
  readonly amount: string;
  readonly currency: string;
  readonly bookedAt: Instant | undefined;
  readonly dryRun: boolean;
}

/**
 * Enters a completed booking by hand, with its code, and decides its referral by the same rules as any other. Throws `not_found`,
 * `already_exists` for a reference that was entered before, `state_forbids` without one where the rules require it.
 */
export async function convertByHand(
  { database, clock, run, onDecided }: DecidingDependencies & { readonly database: Database },
  options: ConvertOptions,
): Promise<ListedReferral & { readonly dry_run: boolean }> {
  const now = clock.now();
  const bookedAt = options.bookedAt ?? now;
  const amount = parseMinorUnits(options.amount, options.currency, '--amount');
  if (amount < 0)
    throw new ReferralError('usage', `--amount: "${options.amount}" is less than nothing`, {
      hint: 'Give what was paid: --amount 120.00. To take a booking back: referral conversions reverse --help',
    });
  return database.transaction(
    async (queries) => {
      const { code, contest } = await getUsableCode(queries, options.code, options.contest, bookedAt);
      const friendRef = await getCustomerRef(queries, options.customerId);
      const reference = referenceOf(
        options,
        contest.rules.eligibility.require_booking_reference,
        contest.slug,
      );
      const [known] = await listBookings(queries, MANUAL_SOURCE, [reference]);
      if (known !== undefined) {
        throw new ReferralError('already_exists', `The booking "${reference}" was entered by hand before`, {
          hint: `See: referral conversions list --where "booking_reference = ${reference}"`,
        });
      }
      await upsertBookings(queries, [
        {
          ...{
            source: MANUAL_SOURCE,
            booking_reference: reference,
            customer_ref: friendRef,
            code,
            status: 'completed',
          },
          ...{ amount_minor: amount, refunded_minor: 0, currency: options.currency, booked_at: bookedAt },
          ...{ completed_at: now, cancelled_at: null, updated_at: null, attributes: canonicalJson({}) },
          ...{ import_id: null, now },
        },
      ]);
      await evaluateReferrals(queries, contest, now, { onDecided });
      const id = await findReferralOfBooking(queries, contest.id, MANUAL_SOURCE, reference);
      const referral = id === undefined ? undefined : await findReferral(queries, id);
      if (referral === undefined) throw new Error('a booking with a code became no referral');
      await appendAudit(queries, clock, run, {
        action: 'referral.converted',
        subject: contest.slug,
        details: { code, referral: referral.id, status: referral.status, reason: referral.reason },
      });
      const { rules } = await getContest(queries, contest.slug);
      return { ...toListed(referral, rules), dry_run: options.dryRun };
    },
    { rollback: options.dryRun },
  );
}

function referenceOf(
  { bookingReference, customerId, code }: ConvertOptions,
  isRequired: boolean,
  slug: string,
): string {
  if (bookingReference !== undefined) return bookingReference;
  if (!isRequired) return `${slug}/${code}/${customerId}`;
  throw new ReferralError('state_forbids', `The rules of "${slug}" require a booking reference`, {
    hint: 'Add: --booking-reference REFERENCE',
  });
}
