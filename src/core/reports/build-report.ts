import type { Contest } from '../contests/get-contest.ts';
import { parseStoredRules } from '../contests/rules.ts';
import type { Database, Queries } from '../database/database.ts';
import { type Period, WHOLE_TIME } from '../period.ts';
import type { Instant } from '../time.ts';
import { countBookings, countReferrals, countRewardedPeople, countRewards } from './booking-queries.ts';
import { buildSeries } from './build-series.ts';
import { listContestRules } from './contest-queries.ts';
import { countMail } from './count-mail.ts';
import { countMailedPeople } from './mail-queries.ts';
import { computeRates, FUNNEL, ratio, type Totals } from './metrics.ts';
import {
  countCodes,
  countCustomers,
  countParticipants,
  countReferrers,
  countSegmentMembers,
  countSignUps,
  countSuppressions,
} from './people-queries.ts';
import type { FunnelStep, MailFigures, Report } from './report.ts';
import type { ReportScope } from './report-scope-queries.ts';
import { sumMoney } from './sum-money.ts';
import { sumRewards } from './sum-rewards.ts';
import { topStandings } from './top-standings.ts';

export interface ReportRequest {
  readonly report: Report['report'];
  /** Undefined is everything. */
  readonly contest?: Contest | undefined;
  /** Restricts the mail figures; all others are those of its contest. */
  readonly campaign?: { readonly id: number; readonly slug: string } | undefined;
  readonly period?: Period;
  /** Undefined counts everything known now. */
  readonly asOf?: Instant | undefined;
  readonly now: Instant;
  /** IANA zone of the days. */
  readonly timezone: string;
}

/** Computes a report on one snapshot of the database, so that its parts agree with each other. */
export async function buildReport(database: Database, request: ReportRequest): Promise<Report> {
  return database.snapshot((transaction) => computeReport(transaction, request));
}

async function computeReport(queries: Queries, request: ReportRequest): Promise<Report> {
  const { contest, campaign, period = WHOLE_TIME, asOf, now, timezone } = request;
  const scope: ReportScope = {
    contest: contest ?? null,
    campaignId: campaign?.id ?? null,
    from: period.from,
    to: period.to,
    asOf: asOf ?? null,
    countingConfirmed: asOf === undefined ? [] : await listCountingConfirmed(queries),
    now,
  };
  const consent = { granted: 0, withdrawn: 0, unknown: 0 };
  for (const row of await countCustomers(queries)) consent[row.consent] = row.customers;
  const campaigns = await countMail(queries, scope);
  const bookingCounts = await countBookings(queries, scope);
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
  const totals: Totals = {
    customers: consent.granted + consent.withdrawn + consent.unknown,
    consent_granted: consent.granted,
    consent_withdrawn: consent.withdrawn,
    consent_unknown: consent.unknown,
    suppressions: await countSuppressions(queries),
    participants: await countParticipants(queries, scope),
    active_participants: referrers.active,
    codes: codes.active + codes.expired + codes.revoked,
    codes_active: codes.active,
    codes_expired: codes.expired,
    codes_revoked: codes.revoked,
    sign_ups: await countSignUps(queries, scope),
    campaigns: campaigns.length,
    ...sumMail(campaigns),
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
    rewards: sum(Object.values(rewards).map((row) => row.rewards)),
    rewards_held: rewards.held.rewards,
    rewards_available: rewards.available.rewards,
    rewards_claimed: rewards.claimed.rewards,
    rewards_paid: rewards.paid.rewards,
    rewards_expired: rewards.expired.rewards,
    rewards_reversed: rewards.reversed.rewards,
  };
  const segments = await countSegmentMembers(queries, scope);
  return {
    report: request.report,
    period: period.name,
    period_from: period.from,
    period_to: period.to,
    contest: contest?.slug ?? null,
    contest_name: contest?.name ?? null,
    campaign: campaign?.slug ?? null,
    as_of: asOf ?? now,
    timezone,
    totals,
    rates: computeRates(totals),
    money: sumMoney(bookingCounts, rewardCounts),
    consent,
    bookings,
    referrals,
    rewards,
    campaigns,
    segments: Object.fromEntries(segments.map(({ name, members }) => [name, members])),
    funnel: funnelOf({
      ...(await countMailedPeople(queries, scope)),
      booked: referrers.booked,
      approved: referrers.approved,
      rewarded: await countRewardedPeople(queries, scope),
    }),
    series: await buildSeries(queries, scope, timezone),
    leaderboard: await topStandings(queries, contest, { asOf, now, period }),
  };
}

async function listCountingConfirmed(queries: Queries): Promise<number[]> {
  const rows = await listContestRules(queries);
  return rows
    .filter(({ rules }) => parseStoredRules(rules).eligibility.statuses.includes('confirmed'))
    .map(({ id }) => id);
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

function funnelOf(people: Readonly<Record<FunnelStep['step'], number>>): FunnelStep[] {
  return FUNNEL.map(({ name }, index) => {
    const before = FUNNEL[index - 1];
    return {
      step: name,
      people: people[name],
      of_previous: before === undefined ? null : ratio(people[name], people[before.name]),
    };
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
