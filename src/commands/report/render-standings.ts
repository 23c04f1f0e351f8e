import { computeStandings } from '../../core/reports/compute-standings.ts';
import type { Context } from '../_runtime/context.ts';
import type { Result } from '../_runtime/result.ts';
import { deliverPage } from './deliver-page.ts';
import { chooseLocale } from './render-report.ts';
import { type ReportInput, usingRequest } from './run-report.ts';

/** The standings that everyone may see, as a page or as rows; nothing in them says who somebody is but a name. */
export async function renderStandings(context: Context, input: ReportInput, top: number): Promise<Result> {
  const { head, standings } = await usingRequest(context, input, (database, request) =>
    computeStandings(database, request, top),
  );
  if (context.globals.format === 'html' || input.pdf !== undefined) {
    const { formatStandingsPage } = await import('../../core/reports/html/standings-page.ts');
    const page = formatStandingsPage(head, standings, await chooseLocale(context, input.locale));
    return deliverPage(context, page, input.pdf);
  }
  return {
    kind: 'list',
    columns: [
      { key: 'position' },
      { key: 'name' },
      { key: 'points', align: 'right' },
      { key: 'referrals', align: 'right' },
    ],
    rows: standings.map(({ position, name, points, referrals }) => ({ position, name, points, referrals })),
  };
}
