import { z } from 'zod';
import { getContest } from '../core/contests/get-contest.ts';
import { computeLeaderboard } from '../core/leaderboard/compute-leaderboard.ts';
import { listStandings, type Standing } from '../core/leaderboard/list-standings.ts';
import { parseDuration, parseInstant } from '../core/time.ts';
import { watchBoard } from './_leaderboard/watch-board.ts';
import { defineCommand } from './_runtime/command.ts';
import type { Row } from './_runtime/result.ts';

const count = z.coerce.number().int('must be a whole number').min(0, 'must be 0 or more');

export const command = defineCommand({
  name: 'leaderboard',
  summary: 'Show who leads a contest, and the digest that proves it',
  description:
    'Ranks every participant with an approved referral: points, then who reached them first, then customer_id. The digest is over the whole board, not over the page; docs/leaderboard.md says how anyone can recompute it. --as-of shows the board as it stood; a time without a zone is in the contest’s own. --period ranks what was booked in the calendar month or week of that time. With --watch it goes on looking until the contest is finalized or you press Ctrl-C, and shows who has moved since the look before: in place on a terminal, with --json one document a line elsewhere.',
  arguments: [{ syntax: '<contest>', description: 'the contest' }],
  options: [
    { flags: '--as-of <time>', description: 'as it stood then' },
    {
      flags: '--period <period>',
      description: 'what was booked when',
      choices: ['all', 'month', 'week'],
      defaultText: 'all',
    },
    { flags: '--limit <n>', description: 'at most this many entries', defaultText: '10' },
    { flags: '--offset <n>', description: 'leave out the first ones' },
    { flags: '--watch', description: 'go on looking until the contest is over' },
    { flags: '--interval <duration>', description: 'how often to look, with --watch', defaultText: '5s' },
  ],
  examples: [
    { line: 'referral leaderboard summer-referral', explains: 'the first ten' },
    {
      line: 'referral leaderboard summer-referral --limit 3 --json',
      explains: 'three entries and the digest of all',
    },
    {
      line: 'referral leaderboard summer-referral --as-of 2027-01-01 --period month --format csv',
      explains: 'what a month brought, as it stood at a time',
    },
  ],
  exitCodes: [5, 10, 130],
  changes: false,
  input: z.object({
    contest: z.string(),
    asOf: z.string().optional(),
    period: z.enum(['all', 'month', 'week']).default('all'),
    limit: count.default(10),
    offset: count.default(0),
    watch: z.boolean().default(false),
    interval: z.string().transform(parseDuration).default(5_000),
  }),
  async run(context, { contest: slug, asOf, period, limit, offset, watch, interval }) {
    if (watch) return watchBoard(context, slug, { asOf, period, limit, offset, intervalMs: interval });
    if (asOf !== undefined) parseInstant(asOf, '--as-of');
    return context.usingDatabase(async ({ queries }) => {
      const contest = await getContest(queries, slug);
      const timezone = context.globals.timezone ?? contest.timezone;
      const board = await computeLeaderboard(queries, contest, {
        asOf: asOf === undefined ? undefined : parseInstant(asOf, '--as-of', timezone),
        period,
        now: context.clock.now(),
      });
      const entries: (Standing & Row)[] = [];
      for await (const entry of listStandings(
        queries,
        contest.id,
        board.entries.slice(offset, offset + limit),
      )) {
        entries.push({ ...entry });
      }
      const { as_of, digest } = board;
      return {
        kind: 'list',
        columns: [
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
        ],
        rows: entries,
        document: { contest: slug, as_of, period, participants: board.entries.length, digest, entries },
        next: [`digest ${digest} over ${board.entries.length} entries, as of ${as_of}`],
      };
    });
  },
});
