import type {
  BookingStatus,
  CampaignStatus,
  Consent,
  ReferralStatus,
  RewardStatus,
} from '../database/tables.ts';
import type { Instant } from '../time.ts';
import type { Health, TargetFigure } from './measure-health.ts';
import type { FunnelStepName, MoneyName, RateName, Rates, Totals } from './metrics.ts';
import type { AverageName, ProgramFigures } from './program-metrics.ts';

/** Amounts as decimal strings, by currency. */
export type Sums = Readonly<Record<string, string>>;

/** A report, computed once and rendered by every format: plain data, keys as in `--json`. */
export interface Report {
  readonly report: 'summary' | 'contest' | 'campaign' | 'trends' | 'funnel';
  /** As asked for: `all`, `month`, `2026-03`. */
  readonly period: string;
  readonly period_from: Instant | null;
  readonly period_to: Instant | null;
  readonly contest: string | null;
  readonly contest_name: string | null;
  readonly campaign: string | null;
  readonly as_of: Instant;
  /** The days of `series` are those of this IANA zone. */
  readonly timezone: string;
  readonly totals: Totals;
  readonly rates: Rates;
  readonly money: Readonly<Record<string, Readonly<Record<MoneyName, string>>>>;
  /** The currency of the most bookings: the one that pictures and targets are about. */
  readonly main_currency: string | null;
  /** Where each rate lies with 95 % confidence; null where it is no share of a whole. */
  readonly intervals: Readonly<Record<RateName, readonly [low: number, high: number] | null>>;
  readonly program: ProgramFigures;
  readonly averages: Readonly<Record<string, Averages>>;
  readonly targets: readonly TargetFigure[];
  readonly health: Health;
  readonly previous: Comparison | null;
  readonly trending: readonly TrendingCampaign[];
  readonly consent: Readonly<Record<Consent, number>>;
  readonly bookings: Readonly<Record<BookingStatus, number>>;
  readonly referrals: Readonly<Record<ReferralStatus, number>>;
  readonly rewards: Readonly<Record<RewardStatus, RewardSums>>;
  readonly campaigns: readonly CampaignFigures[];
  readonly segments: Readonly<Record<string, number>>;
  readonly funnel: readonly FunnelStep[];
  readonly series: Series;
  readonly leaderboard: readonly Standing[];
}

export interface RewardSums {
  readonly rewards: number;
  readonly amounts: Sums;
  readonly free_days: number;
  readonly points: number;
  readonly badges: number;
}

export interface MailFigures {
  readonly planned: number;
  readonly pending: number;
  readonly accepted: number;
  readonly refused: number;
  readonly in_doubt: number;
  readonly skipped: number;
  readonly delivered: number;
  readonly opened: number;
  readonly opened_with_machines: number;
  readonly clicked: number;
  readonly bounced: number;
  readonly complained: number;
  readonly unsubscribed: number;
  readonly converted: number;
}

export interface CampaignFigures extends MailFigures {
  readonly campaign: string;
  readonly status: CampaignStatus;
  readonly started_at: Instant | null;
}

/** How many people got that far, and the share of those of the step before. */
export interface FunnelStep {
  readonly step: FunnelStepName;
  readonly people: number;
  readonly of_previous: number | null;
}

export interface Series {
  /** Months where the days would be too many to read. */
  readonly unit: 'day' | 'month';
  readonly rows: readonly SeriesRow[];
}

export interface SeriesRow {
  /** `2026-03-01`, or `2026-03` of a month. */
  readonly start: string;
  readonly bookings: number;
  readonly referrals: number;
  /** Net revenue of bookings by referral. */
  readonly revenue: Sums;
}

export interface Standing {
  readonly position: number;
  readonly customer_id: string;
  /** First name and initial: what may be shown to others. */
  readonly name: string;
  readonly points: number;
  readonly referrals: number;
  readonly counted: number;
  readonly qualified: boolean;
}

/** Amounts as decimal strings and the return as a ratio; null where there is nothing to divide by. */
export type Averages = Readonly<Record<AverageName, string | null>> & {
  readonly return_rate: number | null;
};

/** The period before, as long as this one: the calendar month before a month. */
export interface Comparison {
  readonly period_from: Instant;
  readonly period_to: Instant;
  readonly rows: readonly ComparedFigure[];
}

export interface ComparedFigure {
  readonly name: string;
  /** Of amounts. */
  readonly currency: string | null;
  readonly current: number | string | null;
  readonly previous: number | string | null;
  /** Relative to the period before, of rates the difference; null where there is nothing to compare with. */
  readonly change: number | null;
}

/** Referrals brought by the recipients of a campaign, each counted for the last mail before its booking. */
export interface TrendingCampaign {
  readonly campaign: string;
  /** In the last seven days. */
  readonly recent: number;
  /** In the seven days before those. */
  readonly before: number;
}
