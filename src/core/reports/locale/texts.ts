import type { FunnelStepName, MoneyName, RateName, TotalName } from '../metrics.ts';
import type { AverageName, ProgramName } from '../program-metrics.ts';

/** The languages of reports. */
export const LOCALES = ['en', 'nl', 'de', 'fr', 'es'] as const;
export type Locale = (typeof LOCALES)[number];

export type SeriesUnit = 'day' | 'week' | 'month';
export type ReportKind =
  | 'summary'
  | 'contest'
  | 'campaign'
  | 'trends'
  | 'funnel'
  | 'revenue'
  | 'cohorts'
  | 'segments'
  | 'deliverability'
  | 'standings';

/** Every text of a report in one language. */
export interface Texts {
  readonly kinds: Readonly<Record<ReportKind, string>>;
  readonly allContests: string;
  readonly period: string;
  readonly allTime: string;
  readonly asOf: string;
  readonly timezone: string;
  readonly contest: string;
  readonly yes: string;
  readonly no: string;
  readonly unknown: string;
  readonly percentagePoints: string;
  readonly theBeginning: string;
  readonly now: string;
  readonly and: string;
  span(from: string, to: string): string;
  readonly showTable: string;
  readonly footer: (moment: string, timezone: string, nothing: string) => string;
  /** Cards. */
  readonly netRevenue: string;
  readonly cameByReferral: (share: string) => string;
  readonly referralsApproved: string;
  readonly ofReferrals: (all: string, open: string) => string;
  readonly withReferral: string;
  readonly ofParticipants: (all: string, share: string) => string;
  readonly ofDelivered: (clicked: string, delivered: string) => string;
  readonly ofItPaid: (amount: string) => string;
  readonly sincePrevious: (change: string) => string;
  /** Health and targets. */
  readonly health: string;
  readonly healthLede: string;
  readonly healthScore: string;
  readonly noHealth: string;
  readonly healthNote: string;
  readonly targets: string;
  readonly figure: string;
  readonly value: string;
  readonly interval: string;
  readonly target: string;
  readonly result: string;
  readonly reached: string;
  readonly missed: string;
  readonly atLeast: (value: string) => string;
  readonly below: (value: string) => string;
  readonly weight: string;
  readonly score: string;
  readonly unreliable: string;
  readonly intervalNote: string;
  /** Funnel. */
  readonly funnelTitle: string;
  readonly funnelLede: string;
  readonly funnelChart: string;
  readonly step: string;
  readonly people: string;
  readonly ofStepBefore: string;
  /** Over time. */
  readonly overTime: string;
  readonly overTimeLede: (unit: SeriesUnit, timezone: string) => string;
  readonly noBooking: string;
  readonly bookings: string;
  readonly referrals: string;
  readonly wideColumns: string;
  readonly narrowColumns: string;
  readonly bookingsAndReferrals: (unit: SeriesUnit) => string;
  readonly revenueBy: (unit: SeriesUnit, currency: string) => string;
  readonly units: Readonly<Record<SeriesUnit, string>>;
  readonly revenue: string;
  /** Comparison. */
  readonly comparison: string;
  readonly comparisonLede: (from: string, to: string) => string;
  readonly current: string;
  readonly previous: string;
  readonly change: string;
  /** Status. */
  readonly statusTitle: string;
  readonly statusLede: string;
  readonly referralsByStatus: string;
  readonly rewardsByStatus: string;
  readonly noReferral: string;
  readonly noReward: string;
  readonly worth: string;
  readonly status: string;
  readonly number: string;
  readonly share: string;
  readonly amount: string;
  readonly freeDays: string;
  readonly badges: string;
  readonly statuses: Readonly<Record<string, string>>;
  /** Leaderboard. */
  readonly leaderboard: string;
  readonly leaderboardLede: string;
  readonly leaderboardChart: string;
  readonly position: string;
  readonly name: string;
  readonly points: string;
  readonly counted: string;
  readonly qualified: string;
  readonly pointsOf: (count: number, text: string) => string;
  readonly referralsOf: (count: number, text: string) => string;
  readonly standingsLede: string;
  readonly noStanding: string;
  /** Mail. */
  readonly mail: string;
  readonly mailLede: (mails: string, campaigns: string) => string;
  readonly noCampaign: string;
  readonly outcome: string;
  readonly reported: string;
  readonly reportedChart: string;
  readonly nothingSent: string;
  readonly opensNote: (withMachines: string) => string;
  readonly event: string;
  readonly mails: string;
  readonly rate: string;
  readonly campaigns: string;
  readonly campaign: string;
  readonly started: string;
  readonly trending: string;
  readonly trendingLede: string;
  readonly lastWeek: string;
  readonly weekBefore: string;
  readonly outcomes: Readonly<Record<'accepted' | 'pending' | 'skipped' | 'in_doubt' | 'refused', string>>;
  readonly events: Readonly<
    Record<'delivered' | 'opened' | 'clicked' | 'bounced' | 'unsubscribed' | 'complained', string>
  >;
  /** Program. */
  readonly programTitle: string;
  readonly programLede: string;
  readonly byCurrency: string;
  /** People. */
  readonly customers: string;
  readonly customersLede: (customers: string, suppressed: string) => string;
  readonly consent: string;
  readonly consents: Readonly<Record<'granted' | 'unknown' | 'withdrawn', string>>;
  readonly noCustomer: string;
  readonly segments: string;
  readonly segment: string;
  readonly members: string;
  readonly noSegment: string;
  /** All figures. */
  readonly allFigures: string;
  readonly allFiguresLede: string;
  readonly countsTitle: string;
  readonly ratesTitle: string;
  readonly amounts: string;
  readonly largestDrawn: (count: string) => string;
  readonly latestShown: (count: string) => string;
  readonly nothingFound: string;
  readonly otherCurrencies: string;
  /** Titles of figures, by their names in metrics.ts. */
  readonly totals: Readonly<Record<TotalName, string>>;
  readonly rates: Readonly<Record<RateName, string>>;
  readonly money: Readonly<Record<MoneyName, string>>;
  readonly funnel: Readonly<Record<FunnelStepName, string>>;
  readonly program: Readonly<Record<ProgramName | 'return_rate', string>>;
  readonly averages: Readonly<Record<AverageName, string>>;
  /** Titles of columns, by key. */
  readonly columns: Readonly<Record<string, string>>;
  /** Title and introduction of the tables of a report: `revenue.months`. */
  readonly tables: Readonly<Record<string, readonly [title: string, lede: string]>>;
}

/** The keys of `columns` that every language has. */
export type ColumnTitles = Readonly<
  Record<
    | 'figure'
    | 'currency'
    | 'value'
    | 'low'
    | 'high'
    | 'target'
    | 'met'
    | 'revenue_net'
    | 'program_cost'
    | 'return_rate'
    | 'current'
    | 'previous'
    | 'change'
    | 'channel'
    | 'direct'
    | 'assisted'
    | 'other'
    | 'bookings'
    | 'revenue'
    | 'window_days'
    | 'month'
    | 'gross'
    | 'refunded'
    | 'net'
    | 'referred'
    | 'contest'
    | 'referrals'
    | 'friends'
    | 'friends_again'
    | 'reward_cost'
    | 'campaign'
    | 'accepted'
    | 'refused'
    | 'revenue_per_mail'
    | 'customers'
    | 'participants'
    | 'active_participants'
    | 'booked'
    | 'booked_again'
    | 'retention'
    | 'referral_rate'
    | 'referrals_approved'
    | 'segment'
    | 'members'
    | 'mailed'
    | 'delivered'
    | 'clicked'
    | 'click_rate'
    | 'started_at'
    | 'delivery_rate'
    | 'bounced'
    | 'bounce_rate'
    | 'complained'
    | 'complaint_rate'
    | 'unsubscribed'
    | 'unsubscribe_rate'
    | 'class'
    | 'reason'
    | 'mails',
    string
  >
>;

/** The tables that every language names. */
export type TableTitles = Readonly<
  Record<
    | 'revenue.money'
    | 'revenue.returns'
    | 'revenue.comparison'
    | 'revenue.attribution'
    | 'revenue.months'
    | 'revenue.contests'
    | 'revenue.campaigns'
    | 'cohorts.joined'
    | 'cohorts.retention'
    | 'cohorts.contests'
    | 'segments.segments'
    | 'segments.revenue'
    | 'deliverability.rates'
    | 'deliverability.campaigns'
    | 'deliverability.classes'
    | 'deliverability.reasons',
    readonly [title: string, lede: string]
  >
>;
