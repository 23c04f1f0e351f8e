import { FUNNEL, MONEY, RATES, TOTALS } from './metrics.ts';
import { AVERAGES, PROGRAM } from './program-metrics.ts';
import type { Report } from './report.ts';
import { formatWorkbook } from './xlsx/workbook.ts';
import type { SheetCell, SheetColumn } from './xlsx/workbook-parts.ts';

type Sheet = readonly [
  name: string,
  columns: readonly SheetColumn[],
  rows: readonly (readonly SheetCell[])[],
];

/** The report as a workbook: a sheet per part, numbers as numbers, times as times. */
export async function formatReportWorkbook(report: Report): Promise<Uint8Array> {
  if (report.report === 'funnel') return write([aboutSheet(report), funnelSheet(report)]);
  if (report.report === 'trends')
    return write([aboutSheet(report), seriesSheet(report), previousSheet(report), trendingSheet(report)]);
  return write([
    aboutSheet(report),
    totalsSheet(report),
    ratesSheet(report),
    moneySheet(report),
    averagesSheet(report),
    targetsSheet(report),
    programSheet(report),
    previousSheet(report),
    trendingSheet(report),
    campaignsSheet(report),
    funnelSheet(report),
    seriesSheet(report),
    rewardsSheet(report),
    segmentsSheet(report),
    leaderboardSheet(report),
  ]);
}

function write(sheets: readonly Sheet[]): Promise<Uint8Array> {
  return formatWorkbook(sheets.map(([name, columns, rows]) => ({ name, columns, rows })));
}

function aboutSheet(report: Report): Sheet {
  const rows = (
    [
      'report',
      'period',
      'period_from',
      'period_to',
      'contest',
      'contest_name',
      'campaign',
      'as_of',
      'timezone',
    ] as const
  ).map((name) => [name, report[name]]);
  return ['Report', [text('name', 18), text('value', 32)], rows];
}

function totalsSheet({ totals }: Report): Sheet {
  const rows = TOTALS.map(({ name, title, formula }) => [name, title, totals[name], formula]);
  return [
    'Totals',
    [text('name', 24), text('title', 28), integer('value'), text('what it counts', 60)],
    rows,
  ];
}

function ratesSheet({ rates, intervals }: Report): Sheet {
  const rows = RATES.map(({ name, title, numerator, denominator }) => [
    name,
    title,
    rates[name],
    intervals[name]?.[0] ?? null,
    intervals[name]?.[1] ?? null,
    `${numerator.join(' + ')} / (${denominator.join(' + ')})`,
  ]);
  const shares = ['value', 'low', 'high'].map(rate);
  return ['Rates', [text('name', 24), text('title', 28), ...shares, text('how it is made', 60)], rows];
}

function averagesSheet({ averages }: Report): Sheet {
  const rows = Object.entries(averages).map(([currency, figures]) => [
    currency,
    ...AVERAGES.map(({ name }) => figures[name]),
    figures.return_rate,
  ]);
  return [
    'Averages',
    [text('currency'), ...AVERAGES.map(({ name }) => decimal(name)), rate('return_rate')],
    rows,
  ];
}

function targetsSheet({ targets, health }: Report): Sheet {
  const rows = targets.map(({ name, side, target, value, met }) => {
    const part = health.parts.find((one) => one.name === name);
    return [name, value, side, target, met, part?.weight ?? null, part?.score ?? null];
  });
  const columns = [text('name', 24), number('value'), text('side'), number('target'), text('met')];
  return [
    'Targets',
    [...columns, integer('weight'), integer('score')],
    [...rows, ['health', null, null, null, null, 100, health.score]],
  ];
}

function programSheet({ program }: Report): Sheet {
  const rows = PROGRAM.map(({ name, title, formula }) => [name, title, program[name], formula]);
  return [
    'Program',
    [text('name', 24), text('title', 28), number('value'), text('how it is made', 60)],
    rows,
  ];
}

function previousSheet({ previous }: Report): Sheet {
  const rows = (previous?.rows ?? []).map(({ name, currency, current, previous: before, change }) => [
    name,
    currency,
    current,
    before,
    change,
  ]);
  const columns = [text('name', 24), text('currency'), number('current'), number('previous'), rate('change')];
  return ['Comparison', columns, rows];
}

function trendingSheet({ trending }: Report): Sheet {
  const rows = trending.map(({ campaign, recent, before }) => [campaign, recent, before]);
  return ['Trending', [text('campaign', 24), integer('recent'), integer('before')], rows];
}

function moneySheet({ money }: Report): Sheet {
  const rows = Object.entries(money).flatMap(([currency, figures]) =>
    MONEY.map(({ name, title }) => [currency, name, title, figures[name]]),
  );
  return ['Money', [text('currency'), text('name', 24), text('title', 28), decimal('amount')], rows];
}

function campaignsSheet({ campaigns }: Report): Sheet {
  const counts = [
    'planned',
    'pending',
    'accepted',
    'refused',
    'in_doubt',
    'skipped',
    'delivered',
    'opened',
    'opened_with_machines',
    'clicked',
    'bounced',
    'complained',
    'unsubscribed',
    'converted',
  ] as const;
  return [
    'Campaigns',
    [
      text('campaign', 24),
      text('status'),
      { title: 'started_at', type: 'time', width: 20 },
      ...counts.map(integer),
    ],
    campaigns.map((row) => [row.campaign, row.status, row.started_at, ...counts.map((name) => row[name])]),
  ];
}

function funnelSheet({ funnel }: Report): Sheet {
  const title = (step: string): string => FUNNEL.find(({ name }) => name === step)?.title ?? step;
  return [
    'Funnel',
    [text('step', 18), text('title', 24), integer('people'), rate('of_previous')],
    funnel.map(({ step, people, of_previous }) => [step, title(step), people, of_previous]),
  ];
}

function seriesSheet({ series }: Report): Sheet {
  const currencies = [...new Set(series.rows.flatMap((row) => Object.keys(row.revenue)))].sort();
  return [
    'Series',
    [
      text(series.unit),
      integer('bookings'),
      integer('referrals'),
      ...currencies.map((currency) => decimal(`revenue ${currency}`)),
    ],
    series.rows.map((row) => [
      row.start,
      row.bookings,
      row.referrals,
      ...currencies.map((currency) => row.revenue[currency]),
    ]),
  ];
}

function rewardsSheet({ rewards }: Report): Sheet {
  const rows = Object.entries(rewards).flatMap(([status, sums]) => {
    const counts = [status, sums.rewards, sums.free_days, sums.points, sums.badges];
    const amounts = Object.entries(sums.amounts);
    return amounts.length === 0
      ? [[...counts, null, null]]
      : amounts.map(([currency, amount], index) =>
          index === 0 ? [...counts, currency, amount] : [status, null, null, null, null, currency, amount],
        );
  });
  return [
    'Rewards',
    [
      text('status'),
      integer('rewards'),
      integer('free_days'),
      integer('points'),
      integer('badges'),
      text('currency'),
      decimal('amount'),
    ],
    rows,
  ];
}

function segmentsSheet({ segments }: Report): Sheet {
  return ['Segments', [text('segment', 24), integer('members')], Object.entries(segments)];
}

function leaderboardSheet({ leaderboard }: Report): Sheet {
  return [
    'Leaderboard',
    [
      integer('position'),
      text('customer_id', 20),
      text('name', 20),
      integer('points'),
      integer('referrals'),
      integer('counted'),
      text('qualified'),
    ],
    leaderboard.map((row) => [
      row.position,
      row.customer_id,
      row.name,
      row.points,
      row.referrals,
      row.counted,
      row.qualified,
    ]),
  ];
}

function text(title: string, width?: number): SheetColumn {
  return { title, type: 'text', ...(width === undefined ? {} : { width }) };
}

function integer(title: string): SheetColumn {
  return { title, type: 'integer' };
}

function decimal(title: string): SheetColumn {
  return { title, type: 'decimal', width: 16 };
}

function rate(title: string): SheetColumn {
  return { title, type: 'rate' };
}

// Shares, coefficients and amounts in one column: each as it is.
function number(title: string): SheetColumn {
  return { title, type: 'number', width: 16 };
}
