import { getContest } from '../../core/contests/get-contest.ts';
import type { Queries } from '../../core/database/database.ts';
import { ReferralError } from '../../core/errors.ts';
import { compareStandings } from '../../core/leaderboard/compare-standings.ts';
import { computeLeaderboard } from '../../core/leaderboard/compute-leaderboard.ts';
import { groupParticipants } from '../../core/leaderboard/group-participants.ts';
import { listStandings, type Standing } from '../../core/leaderboard/list-standings.ts';
import { pageAround } from '../../core/leaderboard/page-around.ts';
import type { Period } from '../../core/leaderboard/period-window.ts';
import { parseInstant } from '../../core/time.ts';
import type { Context } from '../_runtime/context.ts';
import type { Column, Result, Row } from '../_runtime/result.ts';

const COLUMNS: readonly Column[] = [
  { key: 'position', align: 'right' },
  { key: 'customer_id' },
  { key: 'first_name' },
  { key: 'last_name', wide: true },
  { key: 'code' },
  { key: 'points', align: 'right', bar: true },
  { key: 'referrals', align: 'right' },
  { key: 'counted', align: 'right', wide: true },
  { key: 'groups', align: 'right', wide: true },
  { key: 'qualified', wide: true },
  { key: 'reached_at' },
];

const MOVED_COLUMNS: readonly Column[] = [
  { key: 'previous_position', align: 'right' },
  { key: 'moved', align: 'right' },
];

const GROUP_COLUMNS: readonly Column[] = [
  { key: 'position', align: 'right' },
  { key: 'group' },
  { key: 'participants', align: 'right' },
  { key: 'points', align: 'right', bar: true },
  { key: 'referrals', align: 'right' },
  { key: 'counted', align: 'right', wide: true },
  { key: 'qualified', align: 'right', wide: true },
  { key: 'reached_at' },
];

/** What is asked of a leaderboard, times as typed. */
export interface BoardInput {
  readonly asOf?: string | undefined;
  readonly period: Period;
  readonly limit: number;
  readonly offset: number;
  readonly around?: string | undefined;
  readonly since?: string | undefined;
  readonly groupBy?: string | undefined;
}

/** A leaderboard, or a part of it, or its groups. Throws `not_found`, `usage`. */
export async function showBoard(
  context: Context,
  queries: Queries,
  slug: string,
  input: BoardInput,
): Promise<Result> {
  const { period, limit, offset, around, groupBy } = input;
  const contest = await getContest(queries, slug);
  const timezone = context.globals.timezone ?? contest.timezone;
  const now = context.clock.now();
  const asOf = input.asOf === undefined ? undefined : parseInstant(input.asOf, '--as-of', timezone);
  const board = await computeLeaderboard(queries, contest, { asOf, period, now });
  const next = [`digest ${board.digest} over ${board.entries.length} entries, as of ${board.as_of}`];
  const head = {
    contest: slug,
    as_of: board.as_of,
    period,
    participants: board.entries.length,
    digest: board.digest,
  };
  if (groupBy !== undefined) {
    const groups = await groupParticipants(queries, board.entries, groupBy);
    const rows = groups.slice(offset, offset + limit).map((row) => ({ ...row }));
    return {
      kind: 'list',
      columns: GROUP_COLUMNS,
      rows,
      document: { ...head, group_by: groupBy, groups: rows },
      next,
    };
  }
  const page =
    around === undefined
      ? board.entries.slice(offset, offset + limit)
      : pageAround(board.entries, around, Math.max(1, limit));
  if (page === undefined) throw unranked(slug, around ?? '');
  const since = input.since === undefined ? undefined : parseInstant(input.since, '--since', timezone);
  if (since !== undefined && since > board.as_of) {
    throw new ReferralError('usage', '--since is later than the board', {
      hint: `The board is as of ${board.as_of}.`,
    });
  }
  const moves =
    since === undefined
      ? []
      : compareStandings(
          page,
          (await computeLeaderboard(queries, contest, { asOf: since, period, periodAt: asOf ?? now, now }))
            .entries,
        );
  const entries: (Standing & Row)[] = [];
  for await (const entry of listStandings(queries, contest.id, page)) {
    entries.push({ ...entry, ...moves[entries.length] });
  }
  return {
    kind: 'list',
    columns: since === undefined ? COLUMNS : [...COLUMNS, ...MOVED_COLUMNS],
    rows: entries,
    document: {
      ...head,
      ...(around === undefined ? {} : { around }),
      ...(since === undefined ? {} : { since }),
      entries,
    },
    next,
  };
}

function unranked(slug: string, customerId: string): ReferralError {
  return new ReferralError('not_found', `${customerId} is not on the leaderboard of "${slug}"`, {
    reason: 'Nobody whom this customer referred is approved, or there is no such customer.',
    hint: `See: referral conversions list --contest ${slug}, referral customers show ${customerId}`,
  });
}
