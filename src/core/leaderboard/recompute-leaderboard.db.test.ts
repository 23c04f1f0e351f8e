import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { type GivenReferral, given, setUpReferrals } from '../../../test/given-referrals.ts';
import { summariseContest } from '../contests/summarise-contest.ts';
import type { Database } from '../database/database.ts';
import { openExport } from '../reports/export/open-export.ts';
import { computeLeaderboard } from './compute-leaderboard.ts';

const NOW = '2026-06-30T12:00:00.000Z';
const RECIPE = join(import.meta.dirname, '../../../docs/recipes/recompute-leaderboard.mjs');
const run = promisify(execFile);

const RULES = [
  {},
  {
    scoring: {
      ...{ points_per_referral: 3, points_per_amount: { per: '49.995', points: 2 } },
      ...{ tier_percent: { gold: 35 }, cap_per_group: { attribute: 'region', max: 2 } },
    },
    qualify: { min_points: 9, min_groups: { attribute: 'region', count: 2 } },
  },
];

// Names that bytes sort in another way than languages, ties, currencies with no and three digits, groups of the booking and of the friend.
const OTHERS: readonly GivenReferral[] = ['C-2', 'C-10', 'c-1', 'é', '\u{1F600}', '\uFFFD'].flatMap(
  (referrer, person) =>
    Array.from({ length: person + 2 }, (_, index) => ({
      ...given(referrer, `b${person}-${9 - index}`, `2026-06-0${1 + ((index * person) % 4)}`),
      ...{ amount: 4_999 + index * 5_001, currency: ['EUR', 'JPY', 'KWD'][index % 3] ?? 'EUR' },
      ...(index % 4 === 0 ? {} : { region: [' north ', 'Süd', ''][index % 3] ?? '' }),
      ...(index % 2 === 0 ? { friendRegion: 'north' } : {}),
      status: index === 1 ? ('rejected' as const) : ('approved' as const),
    })),
);

// The same reference at the same moment in three booking systems: which of them a cap leaves out follows from their names.
const REFERRALS: readonly GivenReferral[] = [
  ...OTHERS,
  ...['web', 'app', 'phone'].map((source, index) => ({
    ...{ ...given('C-3', 'same', '2026-06-02'), source, region: 'north', amount: 90_000 - index * 20_000 },
  })),
];

describeEngines('the digest of a leaderboard', (open) => {
  test.each(RULES)(
    'is the one that docs/recipes computes from the exports alone, with rules %#',
    async (rules) => {
      const database = await open();
      const contest = await setUpReferrals(database, rules, REFERRALS);
      const { digest } = await computeLeaderboard(database.queries, contest, { now: NOW });
      const folder = await mkdtemp(join(tmpdir(), 'referral-recipe-'));
      try {
        const files = {
          'referrals.ndjson': await exported(database, 'referrals', ['status = approved']),
          'customers.ndjson': await exported(database, 'customers', []),
          'contest.json': JSON.stringify(await summariseContest(database.queries, 'summer')),
          'rules.json': JSON.stringify(contest.rules),
        };
        for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
        const { stdout } = await run(process.execPath, [RECIPE, ...Object.keys(files)], { cwd: folder });
        expect(stdout.trim()).toBe(digest);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  );
});

/** As `referral export … --format ndjson` writes it. */
async function exported(database: Database, noun: string, where: readonly string[]): Promise<string> {
  const { rows } = await openExport(database, { noun, where, offset: 0, now: NOW, timezone: 'UTC' });
  let text = '';
  for await (const row of rows) text += `${JSON.stringify(row)}\n`;
  return text;
}
