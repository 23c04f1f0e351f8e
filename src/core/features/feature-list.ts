import type { Instant } from '../time.ts';

/** What the database counts of a customer up to a time. Times are instants, money hundredths of the main currency. */
export interface CustomerFacts {
  readonly id: number;
  readonly customer_id: string;
  readonly tier: string | null;
  readonly country: string | null;
  readonly locale: string | null;
  readonly joined_at: Instant | null;
  readonly timezone: string | null;
  readonly consent: string;
  readonly last_active_at: Instant | null;
  readonly total_bookings: number | null;
  /** In hundredths. */
  readonly total_spend: number | null;
  readonly attributes: string;
  readonly bookings: number;
  readonly bookings_365d: number;
  readonly spend: number;
  readonly last_booked_at: Instant | null;
  readonly completed: number;
  readonly cancelled: number;
  readonly mails: number;
  readonly mails_90d: number;
  readonly last_mailed_at: Instant | null;
  readonly clicks: number;
  readonly clicked_mails: number;
  readonly clicks_90d: number;
  readonly last_clicked_at: Instant | null;
  /** From mail to click, summed over clicks. */
  readonly click_seconds: number;
  readonly opens: number;
  readonly last_opened_at: Instant | null;
  readonly contests: number;
  readonly referrals: number;
  readonly referrals_converted: number;
  readonly last_referral_at: Instant | null;
}

/** One thing that a model may learn of a customer as of a time. */
export interface Feature {
  readonly name: string;
  readonly kind: 'number' | 'category';
  readonly description: string;
  /** `at` is in milliseconds. */
  readonly read: (facts: CustomerFacts, at: number) => string | number | null;
}

const DAY_MS = 86_400_000;

function daysSince(then: Instant | null, at: number): number | null {
  return then === null ? null : Math.floor((at - Date.parse(then)) / DAY_MS);
}

function latest(...times: (Instant | null)[]): Instant | null {
  return times.reduce((last, time) => (time !== null && (last === null || time > last) ? time : last), null);
}

/**
 * Fields of customers as they are now. No model of our own learns from them, because of no earlier time it is known what they were; a model that was
 * trained on a file with these columns reads them.
 */
export const PRESENT_FIELDS: Readonly<Record<string, (facts: CustomerFacts) => string | number | null>> = {
  locale: (facts) => facts.locale,
  timezone: (facts) => facts.timezone,
  consent: (facts) => facts.consent,
  joined_at: (facts) => facts.joined_at,
  last_active_at: (facts) => facts.last_active_at,
  total_bookings: (facts) => facts.total_bookings,
  total_spend: ({ total_spend }) => (total_spend === null ? null : total_spend / 100),
};

function number(name: string, description: string, read: Feature['read']): Feature {
  return { name, kind: 'number', description, read };
}

/**
 * Every feature of a customer as of a time, beside their attributes. What happened later changes none of them: they rest on dated rows only,
 * and on tier, country, language and attributes as they are now, of which no history is kept.
 */
export const FEATURES: readonly Feature[] = [
  { name: 'tier', kind: 'category', description: 'tier, as it is now', read: (facts) => facts.tier },
  { name: 'country', kind: 'category', description: 'country, as it is now', read: (facts) => facts.country },
  {
    name: 'language',
    kind: 'category',
    description: 'language of the locale, as it is now',
    read: ({ locale }) => locale?.split('-')[0] ?? null,
  },
  number('tenure_days', 'days since joined', (facts, at) => daysSince(facts.joined_at, at)),
  number(
    'days_since_active',
    'days since the last booking, click, open or referral, or since joined',
    (facts, at) =>
      daysSince(
        latest(
          facts.last_booked_at,
          facts.last_clicked_at,
          facts.last_opened_at,
          facts.last_referral_at,
          facts.joined_at,
        ),
        at,
      ),
  ),
  number('days_since_booking', 'days since the last booking: recency', (facts, at) =>
    daysSince(facts.last_booked_at, at),
  ),
  number('bookings', 'bookings made: frequency', (facts) => facts.bookings),
  number('bookings_365d', 'bookings made in the last 365 days', (facts) => facts.bookings_365d),
  number(
    'spend',
    'their amount in the currency of most bookings: monetary value',
    (facts) => facts.spend / 100,
  ),
  number('completed_bookings', 'bookings that were completed', (facts) => facts.completed),
  number('cancellations', 'bookings that were cancelled', (facts) => facts.cancelled),
  number('mails', 'mails that were accepted', (facts) => facts.mails),
  number('mails_90d', 'the same in the last 90 days', (facts) => facts.mails_90d),
  number('days_since_mail', 'days since the last mail', (facts, at) => daysSince(facts.last_mailed_at, at)),
  number('clicks', 'clicks in mails', (facts) => facts.clicks),
  number('clicks_90d', 'the same in the last 90 days', (facts) => facts.clicks_90d),
  number('click_share', 'mails with a click, of the mails that were accepted', ({ clicked_mails, mails }) =>
    mails === 0 ? null : clicked_mails / mails,
  ),
  number('days_since_click', 'days since the last click', (facts, at) =>
    daysSince(facts.last_clicked_at, at),
  ),
  number('hours_to_click', 'mean hours from a mail to a click in it', ({ clicks, click_seconds }) =>
    clicks === 0 ? null : click_seconds / clicks / 3_600,
  ),
  number('opens', 'opens that were no machine', (facts) => facts.opens),
  number('contests', 'contests joined', (facts) => facts.contests),
  number('referrals', 'referrals made', (facts) => facts.referrals),
  number(
    'referrals_converted',
    'referrals whose booking was completed',
    (facts) => facts.referrals_converted,
  ),
  number('days_since_referral', 'days since the last referral', (facts, at) =>
    daysSince(facts.last_referral_at, at),
  ),
];
