import { formatAmount, formatCount, formatMoment, formatRate, formatSums } from './format-figures.ts';
import { FUNNEL, MONEY, RATES, TOTALS, type TotalName } from './metrics.ts';
import type { Report } from './report.ts';

/** Totals as a person reads them in a terminal, by subject. */
const GROUPS: readonly (readonly [title: string, names: readonly TotalName[]])[] = [
  [
    'Customers',
    ['customers', 'consent_granted', 'suppressions', 'participants', 'active_participants', 'codes_active'],
  ],
  [
    'Mail',
    [
      'planned',
      'accepted',
      'refused',
      'in_doubt',
      'delivered',
      'opened',
      'clicked',
      'bounced',
      'complained',
      'unsubscribed',
      'converted',
    ],
  ],
  [
    'Bookings',
    [
      'bookings',
      'bookings_confirmed',
      'bookings_completed',
      'bookings_cancelled',
      'bookings_refunded',
      'bookings_referred',
    ],
  ],
  [
    'Referrals',
    [
      'referrals',
      'referrals_pending',
      'referrals_held',
      'referrals_approved',
      'referrals_rejected',
      'referrals_reversed',
    ],
  ],
];
const BAR_WIDTH = 28;
const LABEL_WIDTH = 28;

/** The report for a terminal: every section a few aligned lines. */
export function formatReportText(report: Report): string {
  const sections = [
    [heading(report)],
    ...GROUPS.map(([title, names]) => [title, ...names.map((name) => totalLine(report, name))]),
    ['Rates', ...RATES.map(({ name, title }) => line(title, formatRate(report.rates[name])))],
    ...Object.entries(report.money).map(([currency, figures]) => [
      `Money in ${currency}`,
      ...MONEY.map(({ name, title }) => line(title, formatAmount(figures[name], currency))),
    ]),
    ['Rewards', ...rewardLines(report)],
    ['Funnel, people', ...funnelLines(report)],
    ['Leaderboard', ...report.leaderboard.map(standingLine)],
  ];
  return `${sections
    .filter((lines, index) => index === 0 || lines.length > 1)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function heading({ contest_name, campaign, period, as_of, timezone }: Report): string {
  const subject = [contest_name ?? 'All contests', ...(campaign === null ? [] : [campaign])].join(' · ');
  return `${subject} · period ${period} · as of ${formatMoment(as_of, timezone)} (${timezone})`;
}

function totalLine({ totals }: Report, name: TotalName): string {
  const metric = TOTALS.find((total) => total.name === name);
  const mark = name === 'opened' ? '  (unreliable)' : '';
  return `${line(metric?.title ?? name, formatCount(totals[name]))}${mark}`;
}

function rewardLines({ rewards }: Report): string[] {
  return Object.entries(rewards)
    .filter(([, sums]) => sums.rewards > 0)
    .map(([status, sums]) => `${line(status, formatCount(sums.rewards))}  ${formatSums(sums.amounts)}`);
}

function funnelLines({ funnel }: Report): string[] {
  const most = Math.max(1, ...funnel.map(({ people }) => people));
  return funnel.map(({ step, people, of_previous }) => {
    const title = FUNNEL.find(({ name }) => name === step)?.title ?? step;
    const bar = '█'.repeat(Math.round((people / most) * BAR_WIDTH)).padEnd(BAR_WIDTH);
    const share = of_previous === null ? '' : formatRate(of_previous).padStart(8);
    return `${line(title, formatCount(people))}  ${bar}${share}`.trimEnd();
  });
}

function standingLine({ position, name, points, referrals }: Report['leaderboard'][number]): string {
  const label = `${String(position).padStart(3)}. ${name}`;
  return `${line(label.slice(0, LABEL_WIDTH), formatCount(points))}  from ${formatCount(referrals)} ${referrals === 1 ? 'referral' : 'referrals'}`;
}

function line(label: string, value: string): string {
  return `  ${label.padEnd(LABEL_WIDTH)}${value.padStart(14)}`;
}
