import { intervalsOf } from '../src/core/reports/build-report.ts';
import { compareTargets, measureHealth } from '../src/core/reports/measure-health.ts';
import { computeRates, type Totals } from '../src/core/reports/metrics.ts';
import type { Report } from '../src/core/reports/report.ts';

const totals: Totals = {
  customers: 1985,
  consent_granted: 1702,
  consent_withdrawn: 121,
  consent_unknown: 162,
  suppressions: 34,
  participants: 1650,
  active_participants: 214,
  codes: 1650,
  codes_active: 1640,
  codes_expired: 4,
  codes_revoked: 6,
  sign_ups: 12,
  campaigns: 1,
  planned: 1640,
  pending: 0,
  accepted: 1631,
  refused: 7,
  in_doubt: 1,
  skipped: 1,
  delivered: 1610,
  opened: 690,
  opened_with_machines: 803,
  clicked: 177,
  bounced: 21,
  complained: 1,
  unsubscribed: 8,
  converted: 190,
  bookings: 900,
  bookings_confirmed: 120,
  bookings_completed: 690,
  bookings_cancelled: 60,
  bookings_no_show: 10,
  bookings_refunded: 20,
  bookings_referred: 310,
  referrals: 402,
  referrals_pending: 31,
  referrals_held: 40,
  referrals_approved: 229,
  referrals_rejected: 92,
  referrals_reversed: 9,
  referrals_expired: 1,
  friends: 290,
  friends_again: 41,
  rewards: 460,
  rewards_held: 80,
  rewards_available: 200,
  rewards_claimed: 60,
  rewards_paid: 100,
  rewards_expired: 2,
  rewards_reversed: 18,
};

const money = {
  ...{ bookings_gross: '412000.50', bookings_refunded: '3000.00', bookings_net: '409000.50' },
  ...{ revenue_gross: '152000.00', revenue_refunded: '1000.00', revenue_net: '151000.00' },
  ...{
    rewards_held: '2000.00',
    rewards_available: '5000.00',
    rewards_claimed: '1500.00',
    rewards_paid: '2500.00',
  },
  ...{ rewards_expired: '50.00', rewards_reversed: '450.00', reward_cost: '11000.00' },
  ...{ mail_cost: '1.39', program_cost: '11001.39' },
};

const noRewards = { rewards: 0, amounts: {}, free_days: 0, points: 0, badges: 0 };

const rates = computeRates(totals);
const targets = compareTargets(
  { ...rates, viral_coefficient: 0.175758, return_rate: 12.725532 },
  {
    ...{ open_rate: 0.25, click_rate: 0.08, conversion_rate: 0.03, bounce_rate: 0.02, complaint_rate: 0.001 },
    ...{ referral_rate: 0.15, viral_coefficient: 1.2, return_rate: 3 },
  },
);

/** A report made by hand, with the names that somebody hostile would choose. */
export const exampleReport: Report = {
  ...{ report: 'summary', period: 'all', period_from: null, period_to: null },
  ...{ contest: 'summer', contest_name: `Sun & "Friends" <script>alert('x')</script>`, campaign: null },
  ...{ as_of: '2026-09-01T10:00:00.000Z', timezone: 'Europe/Amsterdam' },
  totals,
  rates,
  money: { EUR: money, JPY: { ...money, revenue_net: '90000', bookings_net: '120000' } },
  main_currency: 'EUR',
  intervals: intervalsOf(totals),
  program: { viral_coefficient: 0.175758, cycle_time_days: 12.5, time_to_convert_days: 6.25 },
  averages: {
    EUR: {
      ...{ average_booking_referred: '490.32', average_booking_other: '437.30', revenue_per_mail: '92.58' },
      ...{ cost_per_acquired: '37.94', return_rate: 12.725532 },
    },
    JPY: {
      ...{ average_booking_referred: null, average_booking_other: '15000', revenue_per_mail: '55' },
      ...{ cost_per_acquired: '38', return_rate: null },
    },
  },
  targets,
  health: measureHealth(targets),
  previous: {
    period_from: '2026-05-01T00:00:00.000Z',
    period_to: '2026-06-01T00:00:00.000Z',
    rows: [
      { name: 'bookings', currency: null, current: 900, previous: 750, change: 0.2 },
      { name: 'referrals_approved', currency: null, current: 229, previous: 240, change: -0.045833 },
      { name: 'click_rate', currency: null, current: 0.109938, previous: 0.1, change: 0.009938 },
      { name: 'revenue_net', currency: 'EUR', current: '151000.00', previous: '120000.00', change: 0.258333 },
    ],
  },
  trending: [{ campaign: '<b>spring</b>', recent: 31, before: 12 }],
  consent: { granted: 1702, withdrawn: 121, unknown: 162 },
  bookings: { confirmed: 120, completed: 690, cancelled: 60, no_show: 10, refunded: 20 },
  referrals: { pending: 31, held: 40, approved: 229, rejected: 92, reversed: 9, expired: 1 },
  rewards: {
    held: { rewards: 80, amounts: { EUR: '2000.00' }, free_days: 0, points: 0, badges: 0 },
    available: {
      rewards: 200,
      amounts: { EUR: '5000.00', JPY: '1000' },
      free_days: 60,
      points: 0,
      badges: 2,
    },
    claimed: { rewards: 60, amounts: { EUR: '1500.00' }, free_days: 0, points: 0, badges: 0 },
    paid: { rewards: 100, amounts: { EUR: '2500.00' }, free_days: 0, points: 0, badges: 0 },
    expired: noRewards,
    reversed: { rewards: 18, amounts: { EUR: '450.00' }, free_days: 0, points: 0, badges: 0 },
  },
  campaigns: [
    {
      ...{
        campaign: '=HYPERLINK("http://evil.example")',
        status: 'sent',
        started_at: '2026-06-01T08:00:00.000Z',
      },
      ...{ planned: 1640, pending: 0, accepted: 1631, refused: 7, in_doubt: 1, skipped: 1, delivered: 1610 },
      ...{
        opened: 690,
        opened_with_machines: 803,
        clicked: 177,
        bounced: 21,
        complained: 1,
        unsubscribed: 8,
      },
      converted: 190,
    },
  ],
  segments: { active_user: 800, new_user: 200, 'x"><img src=x onerror=alert(1)>': 3 },
  funnel: [
    { step: 'planned', people: 1640, of_previous: null },
    { step: 'accepted', people: 1631, of_previous: 0.994512 },
    { step: 'delivered', people: 1610, of_previous: 0.987124 },
    { step: 'clicked', people: 177, of_previous: 0.109938 },
    { step: 'shared', people: 245, of_previous: 1.384181 },
    { step: 'booked', people: 240, of_previous: 1.355932 },
    { step: 'approved', people: 170, of_previous: 0.708333 },
    { step: 'rewarded', people: 160, of_previous: 0.941176 },
  ],
  series: {
    unit: 'day',
    rows: [
      { start: '2026-06-01', bookings: 12, referrals: 3, revenue: { EUR: '1200.00' } },
      { start: '2026-06-02', bookings: 0, referrals: 0, revenue: {} },
      { start: '2026-06-03', bookings: 31, referrals: 12, revenue: { EUR: '8000.10', JPY: '90000' } },
    ],
  },
  leaderboard: [
    {
      ...{ position: 1, customer_id: 'C-0001', name: `</svg><b>Anna</b> B.`, points: 12, referrals: 13 },
      ...{ counted: 12, qualified: true },
    },
    {
      position: 2,
      customer_id: '=1+1',
      name: 'Bram V.',
      points: 9,
      referrals: 9,
      counted: 9,
      qualified: false,
    },
  ],
};
