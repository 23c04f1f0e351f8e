import type { Database } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import { WHOLE_TIME } from '../period.ts';
import type { Instant } from '../time.ts';
import type { Standing } from './report.ts';
import { topStandings } from './top-standings.ts';
import { type ReportRequest, usingReportScope } from './using-report-scope.ts';

export interface PublicStandings {
  readonly head: {
    readonly period: string;
    readonly period_from: Instant | null;
    readonly period_to: Instant | null;
    readonly contest: string;
    readonly contest_name: string;
    readonly campaign: null;
    readonly as_of: Instant;
    readonly timezone: string;
  };
  readonly standings: readonly Standing[];
}

/** The first `top` positions of a contest. Throws `usage` without a contest. */
export async function computeStandings(
  database: Database,
  request: Omit<ReportRequest, 'report'>,
  top: number,
): Promise<PublicStandings> {
  const { contest, period = WHOLE_TIME, asOf, now, timezone } = request;
  if (contest === undefined)
    throw new ReferralError('usage', 'Standings are those of a contest', {
      hint: 'Name it with --contest; list them: referral contests list',
    });
  const standings = await usingReportScope(database, request, (queries, { kept }) =>
    topStandings(queries, contest, { asOf, now, period, kept }, top),
  );
  return {
    head: {
      ...{ period: period.name, period_from: period.from, period_to: period.to },
      ...{ contest: contest.slug, contest_name: contest.name, campaign: null },
      ...{ as_of: asOf ?? now, timezone },
    },
    standings,
  };
}
