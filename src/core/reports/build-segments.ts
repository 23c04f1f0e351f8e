import type { Queries } from '../database/database.ts';
import { formatMinorUnits } from '../money.ts';
import { ratio } from './metrics.ts';
import type { ReportScope } from './report-scope-queries.ts';
import { listSegmentFigures, listSegmentRevenue } from './segment-figures-queries.ts';
import { column, counts, type ReportTable } from './table-report.ts';

/** Segments side by side: how many they are, how they answer mails, whom they bring. */
export async function buildSegments(queries: Queries, scope: ReportScope): Promise<readonly ReportTable[]> {
  const figures = await listSegmentFigures(queries, scope);
  const revenue = await listSegmentRevenue(queries, scope);
  return [
    {
      key: 'segments',
      columns: [
        column('segment', 'name'),
        ...counts('members', 'participants', 'mailed', 'delivered', 'clicked'),
        column('click_rate', 'share'),
        ...counts('active_participants'),
        column('referral_rate', 'share'),
        ...counts('referrals_approved'),
      ],
      rows: figures.map((row) => ({
        ...row,
        click_rate: ratio(row.clicked, row.delivered),
        referral_rate: ratio(row.active_participants, row.participants),
      })),
      chart: { kind: 'bars', label: 'segment', value: 'members' },
    },
    {
      key: 'revenue',
      columns: [
        column('segment', 'name'),
        column('currency', 'name'),
        ...counts('referrals'),
        column('revenue', 'amount'),
      ],
      rows: revenue.map(({ segment, currency, referrals, revenue_minor }) => ({
        ...{ segment, currency, referrals },
        revenue: formatMinorUnits(revenue_minor, currency),
      })),
      chart: { kind: 'bars', label: 'segment', value: 'revenue' },
    },
  ];
}
