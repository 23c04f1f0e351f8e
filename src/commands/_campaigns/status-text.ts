import type { CampaignFigures } from '../../core/campaigns/campaign-status.ts';
import { gauge } from '../../core/text-charts.ts';
import { formatTable } from '../_runtime/format-table.ts';
import type { Palette } from '../_runtime/palette.ts';

const BAR_WIDTH = 24;
const OUTCOMES = ['accepted', 'refused', 'in_doubt', 'skipped', 'pending'] as const;
const REPORTS = [
  ...(['delivered', 'opened', 'clicked', 'converted', 'bounced', 'complained'] as const),
  'unsubscribed' as const,
];

/** Where a campaign stands, for a person: of all that was planned, and of what was accepted. */
export function campaignStatusText(figures: CampaignFigures, width: number, palette: Palette): string {
  const { campaign, status, planned, accepted, pending, senders } = figures;
  const rows = [
    ...OUTCOMES.map((key) => rowOf(key, figures[key], planned, 'of planned')),
    ...REPORTS.map((key) => rowOf(key, figures[key], accepted, 'of accepted')),
  ];
  const columns = [
    { key: 'what', title: '' },
    { key: 'count', title: '', align: 'right' as const },
    { key: 'bar', title: '', wide: true },
    { key: 'share', title: '', align: 'right' as const },
    { key: 'of', title: '' },
  ];
  const [, ...lines] = formatTable(columns, rows, width);
  const done = `${count(planned - pending)} of ${count(planned)} mails settled`;
  return [
    `${palette.title(campaign)}  ${status}  ${done}`,
    ...lines,
    ...senders.map(({ host, process_id, transport }) => `sent by ${host} ${process_id} over ${transport}`),
  ].join('\n');
}

function rowOf(key: string, value: number, whole: number, of: string) {
  return {
    what: key.replaceAll('_', ' '),
    count: count(value),
    bar: whole === 0 ? '' : gauge(value, whole, BAR_WIDTH),
    share: whole === 0 ? '' : `${((value * 100) / whole).toFixed(1)} %`,
    of,
  };
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
