/*
 * Every figure of a report, once: its name in JSON, what people see, how it is made and from what. docs/metrics.md is
 * compared with this file by a test.
 */

export interface TotalMetric {
  readonly name: string;
  readonly title: string;
  /** What is counted. */
  readonly formula: string;
  /** The tables that it is counted from. */
  readonly source: string;
}

const booking = 'bookings';
const referral = 'referrals, bookings';
const reward = 'rewards, referrals';
const mail = 'deliveries, campaigns';
const event = 'events, deliveries, campaigns';

export const TOTALS = [
  total('customers', 'Customers', 'customers that were not erased', 'customers'),
  total('consent_granted', 'Consent granted', 'customers with consent `granted`', 'customers'),
  total('consent_withdrawn', 'Consent withdrawn', 'customers with consent `withdrawn`', 'customers'),
  total('consent_unknown', 'Consent unknown', 'customers with consent `unknown`', 'customers'),
  total('suppressions', 'Suppressed addresses', 'addresses that must never be mailed', 'suppressions'),
  total('participants', 'Participants', 'different customers enrolled', 'participants'),
  total(
    'active_participants',
    'Participants with a referral',
    'different participants with a referral that was not rejected and has not expired',
    'participants, referrals',
  ),
  total('codes', 'Codes', 'all codes', 'codes'),
  total('codes_active', 'Codes in use', 'codes neither revoked nor past their expiry', 'codes'),
  total('codes_expired', 'Codes expired', 'codes past their expiry', 'codes'),
  total('codes_revoked', 'Codes revoked', 'codes revoked by an operator', 'codes'),
  total('sign_ups', 'Sign-ups', 'sign-ups recorded with a code', 'sign_ups'),
  total('campaigns', 'Campaigns', 'campaigns that count in this report', 'campaigns'),
  total('planned', 'Mails planned', 'recipients frozen by the first send', mail),
  total('pending', 'Mails pending', 'recipients not yet mailed: pending, claimed or sending', mail),
  total('accepted', 'Mails accepted', 'mails that the transport took', mail),
  total('refused', 'Mails refused', 'mails that the transport refused', mail),
  total('in_doubt', 'Mails in doubt', 'mails that may or may not have been taken', mail),
  total('skipped', 'Mails skipped', 'recipients left out when it was their turn', mail),
  total('delivered', 'Delivered', 'mails with a `delivered` event', event),
  total('opened', 'Opened', 'mails with an `opened` event that no machine made; unreliable', event),
  total(
    'opened_with_machines',
    'Opened, machines included',
    'mails with any `opened` event; unreliable',
    event,
  ),
  total('clicked', 'Clicked', 'mails with a `clicked` event', event),
  total('bounced', 'Bounced', 'mails with a `bounced` event', event),
  total('complained', 'Complained', 'mails with a `complained` event', event),
  total('unsubscribed', 'Unsubscribed', 'mails with an `unsubscribed` event', event),
  total(
    'converted',
    'Converted',
    'accepted mails whose recipient’s code was used for a referral that stands, booked at or after the mail was sent',
    'deliveries, campaigns, referrals',
  ),
  total('bookings', 'Bookings', 'bookings in the window of the contest, of any status', booking),
  total('bookings_confirmed', 'Bookings confirmed', 'bookings with status `confirmed`', booking),
  total('bookings_completed', 'Bookings completed', 'bookings with status `completed`', booking),
  total('bookings_cancelled', 'Bookings cancelled', 'bookings with status `cancelled`', booking),
  total('bookings_no_show', 'Bookings not shown up', 'bookings with status `no_show`', booking),
  total('bookings_refunded', 'Bookings refunded', 'bookings with status `refunded`', booking),
  total(
    'bookings_referred',
    'Bookings by referral',
    'bookings with a referral that was not rejected and has not expired',
    referral,
  ),
  total('referrals', 'Referrals', 'referrals of any status', referral),
  total('referrals_pending', 'Referrals pending', 'referrals with status `pending`', referral),
  total('referrals_held', 'Referrals held', 'referrals with status `held`', referral),
  total('referrals_approved', 'Referrals approved', 'referrals with status `approved`', referral),
  total('referrals_rejected', 'Referrals rejected', 'referrals with status `rejected`', referral),
  total('referrals_reversed', 'Referrals reversed', 'referrals with status `reversed`', referral),
  total('referrals_expired', 'Referrals expired', 'referrals with status `expired`', referral),
  total(
    'friends',
    'Friends brought',
    'different people with a referral that is pending, held or approved',
    referral,
  ),
  total(
    'friends_again',
    'Friends who booked again',
    'of those, who have a later booking that is confirmed or completed',
    referral,
  ),
  total('rewards', 'Rewards', 'rewards of any status and type', reward),
  total('rewards_held', 'Rewards held', 'rewards with status `held`', reward),
  total('rewards_available', 'Rewards available', 'rewards with status `available`', reward),
  total('rewards_claimed', 'Rewards claimed', 'rewards with status `claimed`', reward),
  total('rewards_paid', 'Rewards paid', 'rewards with status `paid`', reward),
  total('rewards_expired', 'Rewards expired', 'rewards with status `expired`', reward),
  total('rewards_reversed', 'Rewards reversed', 'rewards with status `reversed`', reward),
] as const;

export type TotalName = (typeof TOTALS)[number]['name'];
export type Totals = Readonly<Record<TotalName, number>>;

export interface RateMetric {
  readonly name: string;
  readonly title: string;
  readonly numerator: readonly TotalName[];
  readonly denominator: readonly TotalName[];
  /** What a reader must know before trusting it. */
  readonly remark?: string;
}

export const RATES = [
  rate('acceptance_rate', 'Acceptance rate', ['accepted'], ['planned']),
  rate('delivery_rate', 'Delivery rate', ['delivered'], ['accepted']),
  rate(
    'open_rate',
    'Open rate',
    ['opened'],
    ['delivered'],
    'unreliable: mail programs open and block by themselves',
  ),
  rate(
    'open_rate_with_machines',
    'Open rate, machines included',
    ['opened_with_machines'],
    ['delivered'],
    'unreliable, as the open rate, and larger',
  ),
  rate('click_rate', 'Click rate', ['clicked'], ['delivered']),
  rate('click_to_open_rate', 'Clicks per open', ['clicked'], ['opened'], 'unreliable, as the open rate'),
  rate('bounce_rate', 'Bounce rate', ['bounced'], ['accepted']),
  rate(
    'complaint_rate',
    'Complaint rate',
    ['complained'],
    ['delivered'],
    'providers ask for less than 0.3 %',
  ),
  rate('unsubscribe_rate', 'Unsubscribe rate', ['unsubscribed'], ['delivered']),
  rate('conversion_rate', 'Conversion rate', ['converted'], ['delivered']),
  rate('participation_rate', 'Participation rate', ['participants'], ['customers']),
  rate('referral_rate', 'Referral rate', ['active_participants'], ['participants']),
  rate(
    'referral_quality',
    'Referral quality',
    ['referrals_approved'],
    ['referrals_approved', 'referrals_rejected', 'referrals_reversed'],
    'the share of decided referrals that stays approved',
  ),
  rate(
    'retention_rate',
    'Retention of friends',
    ['friends_again'],
    ['friends'],
    'the share of friends who book again',
  ),
  rate('referred_share', 'Share of bookings by referral', ['bookings_referred'], ['bookings']),
] as const;

export type RateName = (typeof RATES)[number]['name'];
/** Between 0 and 1 with six decimals; null where nothing can be divided by. */
export type Rates = Readonly<Record<RateName, number | null>>;

const counting = 'bookings that are confirmed, completed or refunded';

export const MONEY = [
  total('bookings_gross', 'Bookings, gross', `amounts of ${counting}`, booking),
  total('bookings_refunded', 'Bookings, refunded', `what was given back of ${counting}`, booking),
  total('bookings_net', 'Bookings, net', '`bookings_gross` − `bookings_refunded`', booking),
  total('revenue_gross', 'Referred revenue, gross', '`bookings_gross` of bookings by referral', referral),
  total(
    'revenue_refunded',
    'Referred revenue, refunded',
    '`bookings_refunded` of bookings by referral',
    referral,
  ),
  total('revenue_net', 'Referred revenue, net', '`revenue_gross` − `revenue_refunded`', referral),
  total('rewards_held', 'Rewards held', 'amounts of rewards with status `held`', reward),
  total('rewards_available', 'Rewards available', 'amounts of rewards with status `available`', reward),
  total('rewards_claimed', 'Rewards claimed', 'amounts of rewards with status `claimed`', reward),
  total('rewards_paid', 'Rewards paid', 'amounts of rewards with status `paid`', reward),
  total('rewards_expired', 'Rewards expired', 'amounts of rewards with status `expired`', reward),
  total('rewards_reversed', 'Rewards reversed', 'amounts of rewards with status `reversed`', reward),
  total(
    'reward_cost',
    'Cost of rewards',
    '`rewards_held` + `rewards_available` + `rewards_claimed` + `rewards_paid`',
    reward,
  ),
  total(
    'mail_cost',
    'Cost of mails',
    '`accepted` × the setting `campaigns.price_per_thousand` ÷ 1,000, in the configured currency',
    mail,
  ),
  total('program_cost', 'Cost of the program', '`reward_cost` + `mail_cost`', 'rewards, deliveries'),
] as const;

export type MoneyName = (typeof MONEY)[number]['name'];
/** In integer minor units while it is added up. */
export type MinorFigures = Readonly<Record<MoneyName, number>>;

export const FUNNEL = [
  total('planned', 'Planned', 'people on the frozen lists of the campaigns', mail),
  total('accepted', 'Accepted', 'people with a mail that the transport took', mail),
  total('delivered', 'Delivered', 'people with a `delivered` event', event),
  total('clicked', 'Clicked', 'people with a `clicked` event', event),
  total(
    'shared',
    'Shared',
    'people whose code somebody used, for a sign-up or a booking; that it was passed on without that is not seen',
    'referrals, sign_ups',
  ),
  total('booked', 'Brought a booking', 'people whose code was used for a booking', 'referrals'),
  total('approved', 'Approved', 'people with an approved referral', referral),
  total(
    'rewarded',
    'Rewarded',
    'people with an approved referral and a reward for it that is held, available, claimed or paid',
    reward,
  ),
] as const;

export type FunnelStepName = (typeof FUNNEL)[number]['name'];

/** Every rate of these totals. */
export function computeRates(totals: Totals): Rates {
  const sum = (names: readonly TotalName[]): number => names.reduce((sum, name) => sum + totals[name], 0);
  const entries = RATES.map(({ name, numerator, denominator }) => [
    name,
    ratio(sum(numerator), sum(denominator)),
  ]);
  return Object.fromEntries(entries) as Rates;
}

/** A share with six decimals, or null when there is nothing to divide by. */
export function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 1_000_000) / 1_000_000;
}

/** A figure with its name, title, formula and source. */
export function total<Name extends string>(
  name: Name,
  title: string,
  formula: string,
  source: string,
): TotalMetric & { readonly name: Name } {
  return { name, title, formula, source };
}

function rate<Name extends string>(
  name: Name,
  title: string,
  numerator: readonly TotalName[],
  denominator: readonly TotalName[],
  remark?: string,
): RateMetric & { readonly name: Name } {
  return { name, title, numerator, denominator, ...(remark === undefined ? {} : { remark }) };
}
