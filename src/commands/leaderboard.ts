import { z } from 'zod';
import { ReferralError } from '../core/errors.ts';
import { parseDuration, parseInstant } from '../core/time.ts';
import { type BoardInput, showBoard } from './_leaderboard/show-board.ts';
import { watchBoard } from './_leaderboard/watch-board.ts';
import { defineCommand } from './_runtime/command.ts';

const count = z.coerce.number().int('must be a whole number').min(0, 'must be 0 or more');

export const command = defineCommand({
  name: 'leaderboard',
  summary: 'Show who leads a contest, and the digest that proves it',
  description:
    'Ranks every participant with an approved referral: points, then who reached them first, then customer_id. The digest is over the whole board, not over the page; docs/leaderboard.md says how anyone can recompute it. --as-of shows the board as it stood; a time without a zone is in the contest’s own. --period ranks what was booked in the calendar month or week of that time. --around shows the entries before and after a participant. --since adds previous_position and moved, by the board as of that time. --group-by adds up the participants of each value of an attribute (or of country, locale, tier, timezone) and ranks those. With --watch it goes on looking until the contest is finalized or you press Ctrl-C, and shows who has moved since the look before: in place on a terminal, with --json one document a line elsewhere.',
  arguments: [{ syntax: '<contest>', description: 'the contest' }],
  options: [
    { flags: '--as-of <time>', description: 'as it stood then' },
    {
      flags: '--period <period>',
      description: 'what was booked when',
      choices: ['all', 'month', 'week'],
      defaultText: 'all',
    },
    { flags: '--around <customer>', description: 'the neighbours of this participant' },
    { flags: '--since <time>', description: 'and how each has moved since then' },
    {
      flags: '--group-by <field>',
      description: 'add up participants by an attribute, such as attributes.city',
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
    {
      line: 'referral leaderboard summer-referral --around C-0020 --limit 5 --since 2026-07-01',
      explains: 'two before, two after, and how they have moved',
    },
    { line: 'referral leaderboard summer-referral --group-by country', explains: 'which country leads' },
  ],
  exitCodes: [5, 10, 130],
  changes: false,
  input: z.object({
    contest: z.string(),
    asOf: z.string().optional(),
    period: z.enum(['all', 'month', 'week']).default('all'),
    limit: count.default(10),
    offset: count.default(0),
    around: z.string().optional(),
    since: z.string().optional(),
    groupBy: z.string().optional(),
    watch: z.boolean().default(false),
    interval: z.string().transform(parseDuration).default(5_000),
  }),
  async run(context, { watch, interval, contest: slug, ...input }) {
    assertTogether(input, watch);
    const { asOf, period, limit, offset } = input;
    if (watch) return watchBoard(context, slug, { asOf, period, limit, offset, intervalMs: interval });
    for (const [flag, text] of [
      ['--as-of', asOf],
      ['--since', input.since],
    ] as const) {
      if (text !== undefined) parseInstant(text, flag);
    }
    return context.usingDatabase(({ queries }) => showBoard(context, queries, slug, input));
  },
});

function assertTogether({ around, since, groupBy, offset }: BoardInput, watch: boolean): void {
  const given = Object.entries({ '--around': around, '--since': since, '--group-by': groupBy })
    .filter(([, value]) => value !== undefined)
    .map(([flag]) => flag);
  const first = given[0];
  if (first === undefined) return;
  const other = watch
    ? '--watch'
    : groupBy !== undefined
      ? given.find((flag) => flag !== '--group-by')
      : around !== undefined && offset > 0
        ? '--offset'
        : undefined;
  if (other === undefined) return;
  const flag = other === first ? '--group-by' : first;
  throw new ReferralError('usage', `${flag} and ${other} can't be used together`, {
    hint: `Leave one out. See: referral leaderboard --help`,
  });
}
