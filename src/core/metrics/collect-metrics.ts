import { findLastBackups } from '../backup/last-backups.ts';
import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { listMeta } from '../database/meta-queries.ts';
import { listJobs } from '../jobs/list-jobs.ts';
import { formatMinorUnits, isCurrency } from '../money.ts';
import type { Config } from '../settings/config.ts';
import { isFlagOn } from '../settings/flags.ts';
import { addMilliseconds } from '../time.ts';
import type { Metric, Sample } from './format-metrics.ts';
import {
  countAcceptedSince,
  countByConsent,
  countByStatus,
  countDeliveries,
  countOpenSenders,
  findDatabaseBytes,
  listLastDone,
  listLedgerBalances,
  listRateLimits,
} from './metrics-queries.ts';

export interface MetricsOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly programVersion: string;
}

const RATE_WINDOW_MS = 300_000;

/** Every figure that an operator watches, read from one snapshot. */
export async function collectMetrics(queries: Queries, options: MetricsOptions): Promise<Metric[]> {
  return [
    ...(await describeDatabase(queries, options)),
    ...(await describeJobs(queries, options)),
    ...(await describeSending(queries, options)),
    ...(await describeContests(queries, options)),
    ...(await describeBackups(queries, options)),
  ];
}

async function describeDatabase(
  queries: Queries,
  { clock, programVersion }: MetricsOptions,
): Promise<Metric[]> {
  const meta = await listMeta(queries, ['quarantined_at', 'audit_head']);
  const audited = Number(meta.get('audit_head')?.split(':')[0] ?? 0);
  return [
    gauge('referral_info', 'The program that wrote this, always 1', [
      { labels: { version: programVersion, engine: engineOf(queries) }, value: 1 },
    ]),
    single(
      'referral_generated_timestamp_seconds',
      'When these figures were read',
      clock.milliseconds() / 1_000,
    ),
    single('referral_database_bytes', 'Bytes that the database takes', await findDatabaseBytes(queries)),
    single(
      'referral_quarantined',
      '1 after a restore that nobody has released: nothing is mailed or paid',
      meta.has('quarantined_at') ? 1 : 0,
    ),
    single(
      'referral_outgoing_enabled',
      '0 while the flag outgoing is off: nothing is mailed or paid',
      (await isFlagOn(queries, 'outgoing')) ? 1 : 0,
    ),
    {
      ...single('referral_audit_entries_total', 'Entries that the audit log ever had', audited),
      type: 'counter',
    },
  ];
}

async function describeJobs(queries: Queries, { config, clock }: MetricsOptions): Promise<Metric[]> {
  const jobs = await listJobs(queries, config, clock);
  const of = (value: (job: (typeof jobs)[number]) => number | null): Sample[] =>
    jobs.flatMap((job) => {
      const found = value(job);
      return found === null ? [] : [{ labels: { job: job.job }, value: found }];
    });
  const done = (await listLastDone(queries)).map(({ job, finished_at }) => ({
    labels: { job },
    value: secondsOf(finished_at ?? ''),
  }));
  return [
    gauge(
      'referral_job_last_start_timestamp_seconds',
      'When a job last began',
      of(({ last_started_at: at }) => (at === null ? null : secondsOf(at))),
    ),
    gauge('referral_job_last_success_timestamp_seconds', 'When a job was last done', done),
    gauge(
      'referral_job_duration_seconds',
      'How long a job took the last time',
      of(({ duration_ms: took }) => (took === null ? null : took / 1_000)),
    ),
    gauge(
      'referral_job_failures',
      'Failures in a row; 0 when a job works',
      of(({ failures }) => failures),
    ),
    gauge(
      'referral_job_overdue',
      '1 for a job that is due and not done',
      of(({ overdue }) => (overdue ? 1 : 0)),
    ),
  ];
}

async function describeSending(queries: Queries, { clock }: MetricsOptions): Promise<Metric[]> {
  const deliveries = await countDeliveries(queries);
  const waiting = ['pending', 'claimed', 'sending'];
  const queue = deliveries.filter(({ status }) => waiting.includes(status));
  const since = addMilliseconds(clock.now(), -RATE_WINDOW_MS);
  const accepted = await countAcceptedSince(queries, since);
  const limits = await listRateLimits(queries);
  return [
    gauge(
      'referral_deliveries',
      'Deliveries of a campaign by status',
      deliveries.map(({ campaign, status, count }) => ({
        labels: { campaign, status },
        value: Number(count),
      })),
    ),
    single('referral_queue', 'Deliveries that wait or are on their way', sum(queue)),
    single(
      'referral_deliveries_in_doubt',
      'Deliveries of which nobody knows whether they arrived',
      sum(deliveries.filter(({ status }) => status === 'in_doubt')),
    ),
    gauge(
      'referral_send_rate_per_second',
      'Mails per second of a campaign that is being sent, over the last five minutes',
      accepted.map(({ campaign, count }) => ({
        labels: { campaign },
        value: Number(count) / (RATE_WINDOW_MS / 1_000),
      })),
    ),
    gauge(
      'referral_rate_limit_per_second',
      'Mails per second that a bucket allows: an account, a campaign or a class of domains',
      limits.map(({ name, rate }) => ({ labels: { bucket: name }, value: rate })),
    ),
    single(
      'referral_senders',
      'Processes that are sending, or were killed while they did',
      await countOpenSenders(queries),
    ),
    gauge('referral_campaigns', 'Campaigns by status', byStatus(await countByStatus(queries, 'campaigns'))),
  ];
}

async function describeContests(queries: Queries, { config }: MetricsOptions): Promise<Metric[]> {
  const balances = await listLedgerBalances(queries);
  const average = config.reports.average_booking_value;
  return [
    gauge(
      'referral_customers',
      'Customers by consent',
      (await countByConsent(queries)).map(({ consent, count }) => ({
        labels: { consent },
        value: Number(count),
      })),
    ),
    gauge('referral_contests', 'Contests by status', byStatus(await countByStatus(queries, 'contests'))),
    gauge('referral_referrals', 'Referrals by status', byStatus(await countByStatus(queries, 'referrals'))),
    gauge('referral_rewards', 'Rewards by status', byStatus(await countByStatus(queries, 'rewards'))),
    gauge(
      'referral_ledger_balance',
      'What lies in an account of the ledger, in units of its currency; the accounts of a currency sum to zero',
      balances.map(({ account, currency, amount_minor }) => ({
        labels: { account, currency },
        value: isCurrency(currency)
          ? Number(formatMinorUnits(Number(amount_minor), currency))
          : Number(amount_minor),
      })),
    ),
    gauge(
      'referral_average_booking_value',
      'What a booking brings on average, by the configuration, for estimates',
      average === undefined ? [] : [{ labels: { currency: config.currency }, value: Number(average) }],
    ),
  ];
}

async function describeBackups(queries: Queries, { clock }: MetricsOptions): Promise<Metric[]> {
  const { created, drilled, drill_failed } = await findLastBackups(queries);
  const age = (at: string): number => clock.milliseconds() / 1_000 - secondsOf(at);
  const some = (name: string, help: string, value: number | null | undefined): Metric =>
    gauge(name, help, value === null || value === undefined ? [] : [{ labels: {}, value }]);
  return [
    some(
      'referral_backup_last_success_timestamp_seconds',
      'When the newest backup was made',
      created === undefined ? null : secondsOf(created.at),
    ),
    some(
      'referral_backup_age_seconds',
      'How old the newest backup is',
      created === undefined ? null : age(created.at),
    ),
    some('referral_backup_bytes', 'Bytes of the newest backup', created?.bytes),
    some(
      'referral_drill_last_success_timestamp_seconds',
      'When a backup was last restored on trial and found whole',
      drilled === undefined ? null : secondsOf(drilled.at),
    ),
    single('referral_drill_failed', '1 when the newest drill failed', drill_failed === undefined ? 0 : 1),
  ];
}

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, help, type: 'gauge', samples };
}

function single(name: string, help: string, value: number): Metric {
  return gauge(name, help, [{ labels: {}, value }]);
}

function byStatus(rows: readonly { readonly status: string; readonly count: number }[]): Sample[] {
  return rows.map(({ status, count }) => ({ labels: { status }, value: Number(count) }));
}

function sum(rows: readonly { readonly count: number }[]): number {
  return rows.reduce((total, { count }) => total + Number(count), 0);
}

function secondsOf(at: string): number {
  return Date.parse(at) / 1_000;
}
