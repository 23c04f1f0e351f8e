import { createFormat } from './locale/create-format.ts';
import { figureTitle } from './locale/format-tables.ts';
import { FUNNEL, MONEY, RATES, type RateName, TOTALS, type TotalName } from './metrics.ts';
import { AVERAGES, PROGRAM } from './program-metrics.ts';
import type { ComparedFigure, Report } from './report.ts';

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
const EN = createFormat('en');
const {
  count: formatCount,
  share: formatRate,
  amount: formatAmount,
  moment: formatMoment,
  sums: formatSums,
} = EN;
const BAR_WIDTH = 28;
const LABEL_WIDTH = 32;

/** The report for a terminal: every section a few aligned lines. */
export function formatReportText(report: Report): string {
  const sections = [
    [heading(report)],
    ...GROUPS.map(([title, names]) => [title, ...names.map((name) => totalLine(report, name))]),
    ['Rates, with their 95 % range', ...RATES.map(({ name, title }) => rateLine(report, name, title))],
    ['Targets', ...report.targets.map(targetLine), ...healthLines(report)],
    ['Program', ...programLines(report)],
    ...Object.entries(report.money).map(([currency, figures]) => [
      `Money in ${currency}`,
      ...MONEY.map(({ name, title }) => line(title, formatAmount(figures[name], currency))),
      ...AVERAGES.map(({ name, title }) =>
        line(title, EN.average(report.averages[currency], name, currency)),
      ),
      line('Return on the program', formatRate(report.averages[currency]?.return_rate ?? null)),
    ]),
    ['Rewards', ...rewardLines(report)],
    ['Funnel, people', ...funnelLines(report)],
    ['Against the period before', ...(report.previous?.rows ?? []).map(comparedLine)],
    ['Trending campaigns', ...report.trending.map(trendingLine)],
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

function rateLine({ rates, intervals }: Report, name: RateName, title: string): string {
  const interval = intervals[name];
  const range = interval === null ? '' : `  ${formatRate(interval[0])} – ${formatRate(interval[1])}`;
  return `${line(title, formatRate(rates[name]))}${range}`;
}

function targetLine({ name, side, target, value, met }: Report['targets'][number]): string {
  const show = (number: number | null): string =>
    name === 'viral_coefficient' ? EN.number(number) : formatRate(number);
  const goal = side === 'below' ? `below ${show(target)}` : `at least ${show(target)}`;
  const result = met === null ? '' : met ? '  reached' : '  missed';
  return `${line(figureTitle(name, false, EN), show(value))}  ${goal.padEnd(16)}${result}`.trimEnd();
}

function healthLines({ health: { score, parts } }: Report): string[] {
  if (score === null) return [];
  const shown = parts.map((part) => `${figureTitle(part.name, false, EN)} ${part.score} × ${part.weight}`);
  return [`${line('Health score', formatCount(score))}  of 100: ${shown.join(', ')}`];
}

function programLines({ program }: Report): string[] {
  return PROGRAM.map(({ name, title }) => line(title, EN.number(program[name])));
}

function comparedLine({ name, currency, current, previous, change }: ComparedFigure): string {
  const isRate = name.endsWith('_rate');
  const show = (value: number | string | null): string => {
    if (currency !== null) return formatAmount(value === null ? null : String(value), currency);
    return isRate ? formatRate(value === null ? null : Number(value)) : formatCount(Number(value));
  };
  const label = `${figureTitle(name, currency !== null, EN)}${currency === null ? '' : `, ${currency}`}`;
  return `${line(label, show(current))}  before ${show(previous).padStart(14)}  ${EN.change(change, isRate)}`;
}

function trendingLine({ campaign, recent, before }: Report['trending'][number]): string {
  return `${line(campaign, formatCount(recent))}  referrals in 7 days, ${formatCount(before)} in the 7 before`;
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
