import { compareBytes } from '../compare-bytes.ts';
import type { Queries } from '../database/database.ts';
import { intervalsOf, readMailPrice } from './build-report.ts';
import { countFigures, type Figures } from './count-figures.ts';
import { countByClass, listBounceReasons } from './deliverability-queries.ts';
import { computeRates, type RateName, ratio } from './metrics.ts';
import { TARGETS, type TargetName } from './program-metrics.ts';
import type { ReportScope } from './report-scope-queries.ts';
import { readTargets, type Targets } from './report-targets.ts';
import { column, counts, type ReportTable, type TableRow } from './table-report.ts';
import type { ReportRequest } from './using-report-scope.ts';

const RATES_SHOWN: readonly RateName[] = [
  'acceptance_rate',
  'delivery_rate',
  'bounce_rate',
  'complaint_rate',
  'unsubscribe_rate',
  'open_rate',
  'open_rate_with_machines',
  'click_rate',
  'click_to_open_rate',
];
const MOST_REASONS = 10;
const ADDRESS = /[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g;
// Message and queue ids, which differ from mail to mail.
const IDENTIFIER = /\b(?=[\w.-]*\d)[\w.-]{12,}\b/g;

/** What became of the mails: with which targets, campaign by campaign, by class of domains, and why some bounced. */
export async function buildDeliverability(
  queries: Queries,
  scope: ReportScope,
  request: Omit<ReportRequest, 'report'>,
): Promise<readonly ReportTable[]> {
  const figures = await countFigures(queries, scope, await readMailPrice(queries, request));
  const targets = request.targets ?? (await readTargets(queries));
  return [
    ratesTable(figures, targets),
    campaignsTable(figures),
    await classesTable(queries, scope),
    await reasonsTable(queries, scope),
  ];
}

function ratesTable({ totals }: Figures, targets: Targets): ReportTable {
  const rates = computeRates(totals);
  const intervals = intervalsOf(totals);
  const rows = RATES_SHOWN.map((figure) => {
    const value = rates[figure];
    const interval = intervals[figure];
    const metric = TARGETS.find(({ name }) => name === figure);
    const target = metric === undefined ? null : targets[figure as TargetName];
    const met =
      value === null || target === null ? null : metric?.side === 'below' ? value < target : value >= target;
    return { figure, value, low: interval?.[0] ?? null, high: interval?.[1] ?? null, target, met };
  });
  const shares = ['value', 'low', 'high', 'target'].map((key) => column(key, 'share'));
  return { key: 'rates', columns: [column('figure', 'figure'), ...shares, column('met', 'yes')], rows };
}

function campaignsTable({ campaigns }: Figures): ReportTable {
  return {
    key: 'campaigns',
    columns: [column('campaign', 'name'), column('started_at', 'moment'), ...MAIL_COLUMNS],
    rows: campaigns.map((row) => ({ campaign: row.campaign, started_at: row.started_at, ...mailCells(row) })),
    chart: { kind: 'bars', label: 'campaign', value: 'bounce_rate' },
  };
}

async function classesTable(queries: Queries, scope: ReportScope): Promise<ReportTable> {
  const rows = await countByClass(queries, scope);
  return {
    key: 'classes',
    columns: [column('class', 'name'), ...MAIL_COLUMNS],
    rows: rows.map((row) => ({ class: row.class, ...mailCells(row) })),
    chart: { kind: 'bars', label: 'class', value: 'accepted' },
  };
}

// Reasons quote addresses and ids: without those the same reason is one.
async function reasonsTable(queries: Queries, scope: ReportScope): Promise<ReportTable> {
  const mails = new Map<string, number>();
  for (const row of await listBounceReasons(queries, scope)) {
    const reason = (row.reason ?? '')
      .replace(ADDRESS, '…')
      .replace(IDENTIFIER, '…')
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, 200);
    mails.set(reason, (mails.get(reason) ?? 0) + row.mails);
  }
  const rows = [...mails]
    .sort(([a, left], [b, right]) => right - left || compareBytes(a, b))
    .slice(0, MOST_REASONS)
    .map(([reason, count]) => ({ reason: reason === '' ? null : reason, mails: count }));
  return {
    key: 'reasons',
    columns: [column('reason', 'name'), ...counts('mails')],
    rows,
    chart: { kind: 'bars', label: 'reason', value: 'mails' },
  };
}

const MAIL_COLUMNS = [
  ...counts('accepted', 'refused', 'delivered'),
  column('delivery_rate', 'share'),
  ...counts('bounced'),
  column('bounce_rate', 'share'),
  ...counts('complained'),
  column('complaint_rate', 'share'),
  ...counts('unsubscribed'),
  column('unsubscribe_rate', 'share'),
  column('click_rate', 'share'),
];

function mailCells(row: {
  readonly accepted: number;
  readonly refused: number;
  readonly delivered: number;
  readonly clicked: number;
  readonly bounced: number;
  readonly complained: number;
  readonly unsubscribed: number;
}): TableRow {
  const { accepted, refused, delivered, bounced, complained, unsubscribed, clicked } = row;
  return {
    ...{ accepted, refused, delivered, delivery_rate: ratio(delivered, accepted) },
    ...{ bounced, bounce_rate: ratio(bounced, accepted) },
    ...{ complained, complaint_rate: ratio(complained, delivered) },
    ...{ unsubscribed, unsubscribe_rate: ratio(unsubscribed, delivered) },
    click_rate: ratio(clicked, delivered),
  };
}
