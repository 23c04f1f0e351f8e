import { clockAt } from '../src/core/clock.ts';
import { parseContestFacts } from '../src/core/contests/contest-document.ts';
import { createContest } from '../src/core/contests/create-contest.ts';
import { type Contest, getContest } from '../src/core/contests/get-contest.ts';
import { parseRules } from '../src/core/contests/rules.ts';
import type { Database } from '../src/core/database/database.ts';
import type { BookingStatus, ReferralStatus } from '../src/core/database/tables.ts';

const run = { id: null, operator: 'tester' };

/** A referral with its booking, as a test writes it. */
export interface GivenReferral {
  readonly referrer: string;
  readonly reference: string;
  /** The booking system; each has friends of its own. */
  readonly source?: string;
  readonly booked_at: string;
  readonly status?: ReferralStatus;
  readonly reason?: string;
  readonly amount?: number;
  readonly currency?: string;
  readonly region?: string;
  readonly friendRegion?: string;
  readonly booking?: {
    readonly status?: BookingStatus;
    readonly refunded?: number;
    readonly completed_at?: string;
    readonly cancelled_at?: string;
    readonly updated_at?: string;
  };
}

/** An approved referral of one participant. */
export function given(referrer: string, reference: string, day: string): GivenReferral {
  return { referrer, reference, booked_at: day };
}

/** A contest (a draft) with these referrals, their bookings, people and codes; times as given, amounts in minor units of EUR unless given. */
export async function setUpReferrals(
  db: Database,
  document: object,
  list: readonly GivenReferral[],
  slug = 'summer',
): Promise<Contest> {
  const clock = clockAt('2026-05-01T00:00:00.000Z');
  const facts = parseContestFacts(
    slug,
    {
      name: 'Summer',
      benefit: '€25',
      starts_at: '2026-05-01',
      duration: '90d',
      timezone: 'Europe/Amsterdam',
    },
    { timezone: 'UTC' },
  );
  return db.transaction(async (trx) => {
    await createContest(trx, { clock, run }, facts, parseRules(document));
    const contest = await getContest(trx, slug);
    const customerRef = async (customer_id: string, attributes: object): Promise<number> => {
      const known = await trx
        .selectFrom('customers')
        .select('id')
        .where('customer_id', '=', customer_id)
        .executeTakeFirst();
      if (known !== undefined) return known.id;
      const { id } = await trx
        .insertInto('customers')
        .values({
          customer_id,
          first_name: `First ${customer_id}`,
          tier: customer_id === 'C-2' ? 'Gold' : null,
          consent: 'granted',
          attributes: JSON.stringify(attributes),
          source: 'import',
          created_at: clock.now(),
          updated_at: clock.now(),
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return id;
    };
    for (const row of list) {
      const referrer = await customerRef(row.referrer, {});
      // Written backwards, friends sort otherwise than their systems.
      const system = [...(row.source ?? '')].toReversed().join('');
      const prefix = row.source === undefined ? 'friend-' : `friend-${system}-`;
      const friend = await customerRef(`${prefix}${row.reference}`, {
        ...(row.friendRegion === undefined ? {} : { region: row.friendRegion }),
      });
      const code = `CODE-${row.referrer}${slug === 'summer' ? '' : `-${slug}`}`;
      await trx
        .insertInto('codes')
        .values({
          code,
          contest_id: contest.id,
          customer_ref: referrer,
          status: 'active',
          created_at: clock.now(),
          expires_at: '2027-05-01T00:00:00.000Z',
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      const { id: code_id } = await trx
        .selectFrom('codes')
        .select('id')
        .where('code', '=', code)
        .executeTakeFirstOrThrow();
      const booked_at = new Date(row.booked_at).toISOString();
      const amount = row.amount ?? 10_000;
      const { id: booking_id } = await trx
        .insertInto('bookings')
        .values({
          source: row.source ?? 'bookings',
          booking_reference: row.reference,
          customer_ref: friend,
          code,
          amount_minor: amount,
          refunded_minor: row.booking?.refunded ?? 0,
          currency: row.currency ?? 'EUR',
          status: row.booking?.status ?? 'completed',
          booked_at,
          completed_at: row.booking?.completed_at ?? null,
          cancelled_at: row.booking?.cancelled_at ?? null,
          updated_at: row.booking?.updated_at ?? null,
          attributes: JSON.stringify(row.region === undefined ? {} : { region: row.region }),
          created_at: clock.now(),
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      await trx
        .insertInto('referrals')
        .values({
          contest_id: contest.id,
          code_id,
          referrer_ref: referrer,
          friend_ref: friend,
          booking_id,
          status: row.status ?? 'approved',
          reason: row.reason ?? 'approval.automatic',
          evidence: '{}',
          amount_minor: amount - (row.booking?.refunded ?? 0),
          currency: row.currency ?? 'EUR',
          booked_at,
          created_at: clock.now(),
          updated_at: clock.now(),
        })
        .execute();
    }
    return contest;
  });
}
