import { computeCost } from '../campaigns/plan-cost.ts';
import type { Queries } from '../database/database.ts';
import { findMinorUnits } from '../money.ts';
import {
  type BookingCount,
  countBookings,
  countReferrals,
  countRewards,
  type RewardCount,
} from './booking-queries.ts';
import { countMail } from './count-mail.ts';
import type { Totals } from './metrics.ts';
import {
  countCodes,
  countCustomers,
  countParticipants,
  countReferrers,
  countSignUps,
  countSuppressions,
} from './people-queries.ts';
import { countFriends } from './program-queries.ts';
import type { CampaignFigures, MailFigures, Report } from './report.ts';
import type { ReportScope } from './report-scope-queries.ts';
import { sumMoney } from './sum-money.ts';
import { sumRewards } from './sum-rewards.ts';

/** What mails cost: a price for a thousand, in a currency; null is not known. */
export interface MailPrice {
  readonly perThousand: string | null;
  readonly currency: string;
}

export interface Figures {
  readonly totals: Totals;
  readonly money: Report['money'];
  readonly consent: Report['consent'];
  readonly bookings: Report['bookings'];
  readonly referrals: Report['referrals'];
  readonly rewards: Report['rewards'];
  readonly campaigns: readonly CampaignFigures[];
  readonly bookingCounts: readonly BookingCount[];
  readonly rewardCounts: readonly RewardCount[];
  readonly referrers: {
    readonly shared: number;
    readonly booked: number;
    readonly active: number;
    readonly approved: number;
  };
}

/** Every count and amount of what the scope holds. Who has counted its bookings already gives `countedBookings`. */
export async function countFigures(
  queries: Queries,
  scope: ReportScope,
  price: MailPrice,
  countedBookings?: readonly BookingCount[],
): Promise<Figures> {
  const consent = { granted: 0, withdrawn: 0, unknown: 0 };
  for (const row of await countCustomers(queries, scope)) consent[row.consent] = row.customers;
  const campaigns = await countMail(queries, scope);
  const bookingCounts = countedBookings ?? (await countBookings(queries, scope));
  const rewardCounts = await countRewards(queries, scope);
  const referrers = await countReferrers(queries, scope);
  const bookings = tally(
    ['confirmed', 'completed', 'cancelled', 'no_show', 'refunded'] as const,
    bookingCounts,
    'bookings',
  );
  const referrals = tally(
    ['pending', 'held', 'approved', 'rejected', 'reversed', 'expired'] as const,
    await countReferrals(queries, scope),
    'referrals',
  );
  const rewards = sumRewards(rewardCounts);
  const codes = await countCodes(queries, scope);
  const friends = await countFriends(queries, scope);
  const mail = sumMail(campaigns);
  const totals: Totals = {
    customers: consent.granted + consent.withdrawn + consent.unknown,
    consent_granted: consent.granted,
    consent_withdrawn: consent.withdrawn,
    consent_unknown: consent.unknown,
    suppressions: await countSuppressions(queries, scope),
    participants: await countParticipants(queries, scope),
    active_participants: referrers.active,
    codes: codes.active + codes.expired + codes.revoked,
    codes_active: codes.active,
    codes_expired: codes.expired,
    codes_revoked: codes.revoked,
    sign_ups: await countSignUps(queries, scope),
    campaigns: campaigns.length,
    ...mail,
    bookings: sum(Object.values(bookings)),
    bookings_confirmed: bookings.confirmed,
    bookings_completed: bookings.completed,
    bookings_cancelled: bookings.cancelled,
    bookings_no_show: bookings.no_show,
    bookings_refunded: bookings.refunded,
    bookings_referred: sum(bookingCounts.map((row) => (row.referred === 1 ? row.bookings : 0))),
    referrals: sum(Object.values(referrals)),
    referrals_pending: referrals.pending,
    referrals_held: referrals.held,
    referrals_approved: referrals.approved,
    referrals_rejected: referrals.rejected,
    referrals_reversed: referrals.reversed,
    referrals_expired: referrals.expired,
    friends: friends.friends,
    friends_again: friends.again,
    rewards: sum(Object.values(rewards).map((row) => row.rewards)),
    rewards_held: rewards.held.rewards,
    rewards_available: rewards.available.rewards,
    rewards_claimed: rewards.claimed.rewards,
    rewards_paid: rewards.paid.rewards,
    rewards_expired: rewards.expired.rewards,
    rewards_reversed: rewards.reversed.rewards,
  };
  const money = sumMoney(bookingCounts, rewardCounts, mailCost(mail.accepted, price));
  return {
    ...{ totals, money, consent, bookings, referrals, rewards },
    ...{ campaigns, bookingCounts, rewardCounts, referrers },
  };
}

function mailCost(
  mails: number,
  { perThousand, currency }: MailPrice,
): { currency: string; minor: number } | null {
  if (perThousand === null) return null;
  const { amount } = computeCost(mails, perThousand, currency);
  return { currency, minor: findMinorUnits(amount, currency) ?? 0 };
}

function tally<Status extends string, Key extends string>(
  statuses: readonly Status[],
  rows: readonly ({ readonly status: Status } & Readonly<Record<Key, number>>)[],
  key: Key,
): Record<Status, number> {
  const counts = Object.fromEntries(statuses.map((status) => [status, 0])) as Record<Status, number>;
  for (const row of rows) counts[row.status] += row[key];
  return counts;
}

function sumMail(campaigns: readonly MailFigures[]): MailFigures {
  const total = (name: keyof MailFigures): number => sum(campaigns.map((campaign) => campaign[name]));
  return {
    planned: total('planned'),
    pending: total('pending'),
    accepted: total('accepted'),
    refused: total('refused'),
    in_doubt: total('in_doubt'),
    skipped: total('skipped'),
    delivered: total('delivered'),
    opened: total('opened'),
    opened_with_machines: total('opened_with_machines'),
    clicked: total('clicked'),
    bounced: total('bounced'),
    complained: total('complained'),
    unsubscribed: total('unsubscribed'),
    converted: total('converted'),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
