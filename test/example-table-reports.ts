import type { ReportTable, TableReport } from '../src/core/reports/table-report.ts';
import { column, counts } from '../src/core/reports/table-report.ts';

const head = {
  ...{ period: 'all', period_from: null, period_to: null, contest: 'summer' },
  contest_name: `Sun & "Friends" <script>alert('x')</script>`,
  ...{
    campaign: null,
    as_of: '2026-09-01T10:00:00.000Z',
    timezone: 'Europe/Amsterdam',
    main_currency: 'EUR',
  },
} as const;
const HOSTILE = '</td><img src=x onerror=alert(1)>';
const MONTHS = Array.from({ length: 12 }, (_, index) => `month_${index}`);

const money: ReportTable = {
  key: 'money',
  columns: [column('figure', 'figure'), column('currency', 'name'), column('value', 'amount')],
  rows: [
    { figure: 'revenue_net', currency: 'EUR', value: '151000.00' },
    { figure: 'program_cost', currency: 'EUR', value: '11001.39' },
    { figure: 'average_booking_referred', currency: 'EUR', value: '490.32' },
    { figure: 'cost_per_acquired', currency: 'EUR', value: null },
    { figure: 'revenue_net', currency: 'JPY', value: '90000' },
  ],
};

const attribution: ReportTable = {
  key: 'attribution',
  columns: [
    column('channel', 'figure'),
    column('currency', 'name'),
    ...counts('bookings'),
    column('revenue', 'amount'),
  ],
  rows: [
    { channel: 'direct', currency: 'EUR', bookings: 310, revenue: '151000.00' },
    { channel: 'assisted', currency: 'EUR', bookings: 120, revenue: '58000.50' },
    { channel: 'other', currency: 'EUR', bookings: 470, revenue: '200000.00' },
    { channel: 'direct', currency: 'JPY', bookings: 3, revenue: '90000' },
  ],
  chart: { kind: 'stack', label: 'channel', value: 'revenue' },
};

const months: ReportTable = {
  key: 'months',
  columns: [
    column('month', 'month'),
    column('currency', 'name'),
    ...counts('bookings'),
    column('referred', 'amount'),
  ],
  rows: ['2026-06', '2026-07', '2026-08'].map((month, index) => ({
    ...{ month, currency: 'EUR', bookings: 300 + index * 20, referred: `${40_000 + index * 11_000}.00` },
  })),
  chart: { kind: 'line', label: 'month', value: 'referred' },
};

const campaigns: ReportTable = {
  key: 'campaigns',
  columns: [
    column('campaign', 'name'),
    column('currency', 'name'),
    ...counts('referrals'),
    column('revenue', 'amount'),
  ],
  rows: [
    { campaign: HOSTILE, currency: 'EUR', referrals: 120, revenue: '90000.00' },
    { campaign: '=1+1', currency: 'EUR', referrals: 60, revenue: '-45000.00' },
  ],
  chart: { kind: 'bars', label: 'campaign', value: 'revenue' },
};

const retention: ReportTable = {
  key: 'retention',
  columns: [column('month', 'month'), ...counts('customers'), ...MONTHS.map((key) => column(key, 'share'))],
  rows: [
    {
      ...{ month: '2026-03', customers: 1_590 },
      ...Object.fromEntries(MONTHS.map((key, index) => [key, index < 5 ? 0.3 / (index + 1) : null])),
    },
    { month: '2026-04', customers: 3, ...Object.fromEntries(MONTHS.map((key) => [key, 0])) },
  ],
  chart: { kind: 'heat', label: 'month', value: 'month_0' },
};

const joined: ReportTable = {
  key: 'joined',
  columns: [column('month', 'month'), ...counts('customers'), column('retention', 'share')],
  rows: [
    { month: '2026-03', customers: 1_590, retention: 0.25 },
    { month: null, customers: 12, retention: null },
  ],
  chart: { kind: 'bars', label: 'month', value: 'customers' },
};

const segments: ReportTable = {
  key: 'segments',
  columns: [column('segment', 'name'), ...counts('members'), column('click_rate', 'share')],
  rows: [
    { segment: 'active_user', members: 800, click_rate: 0.1 },
    { segment: HOSTILE, members: 3, click_rate: null },
  ],
  chart: { kind: 'bars', label: 'segment', value: 'members' },
};

const rates: ReportTable = {
  key: 'rates',
  columns: [
    column('figure', 'figure'),
    ...['value', 'low', 'high', 'target'].map((key) => column(key, 'share')),
    column('met', 'yes'),
  ],
  rows: [
    { figure: 'delivery_rate', value: 0.987, low: 0.98, high: 0.992, target: null, met: null },
    { figure: 'bounce_rate', value: 0.013, low: 0.008, high: 0.02, target: 0.02, met: true },
    { figure: 'complaint_rate', value: 0.0006, low: 0.0001, high: 0.0035, target: 0.001, met: true },
  ],
};

const reasons: ReportTable = {
  key: 'reasons',
  columns: [column('reason', 'name'), ...counts('mails')],
  rows: [
    { reason: `550 ${HOSTILE}`, mails: 12 },
    { reason: null, mails: 1 },
  ],
  chart: { kind: 'bars', label: 'reason', value: 'mails' },
};

/** Reports of tables made by hand, with the names that somebody hostile would choose. */
export const exampleTableReports: readonly TableReport[] = [
  { report: 'revenue', ...head, tables: [attribution, months, campaigns, money] },
  { report: 'cohorts', ...head, tables: [joined, retention, { ...joined, key: 'contests', rows: [] }] },
  { report: 'segments', ...head, tables: [segments] },
  { report: 'deliverability', ...head, tables: [rates, reasons] },
];
