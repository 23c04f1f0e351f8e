import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fillReferrals } from '../../../bench/fill-referrals.ts';
import { describeEngines } from '../../../test/engines.ts';
import { type GivenReferral, setUpReferrals } from '../../../test/given-referrals.ts';
import { clockAt } from '../clock.ts';
import { getContest } from '../contests/get-contest.ts';
import { hashRules, parseRules } from '../contests/rules.ts';
import type { Database, Queries } from '../database/database.ts';
import { verifySchema } from '../database/verify-schema.ts';
import { computeContest } from './compute-rewards.ts';
import { planContestRewards } from './plan-contest-rewards.ts';
import { postChanges } from './post-changes.ts';
import { verifyRewards } from './verify-rewards.ts';

const clock = clockAt('2026-09-01T00:00:00.000Z');
const now = clock.now();
const run = { id: null, operator: 'tester' };
const SLUG = 'summer';

const reward = fc.constantFrom(
  undefined,
  { type: 'money', amount: '25.00', currency: 'EUR' },
  { type: 'percentage', percent: '33.3333', max: { EUR: '20.00', JPY: '9' } },
  { type: 'free_days', days: 30 },
  { type: 'points', points: 7 },
  { type: 'badge', name: 'Friend "of" Zoë \\ 🏅' },
);
const rewards = fc.record({
  ...{ referrer: reward, friend: reward, expire_days: fc.constantFrom(0, 45) },
  milestones: fc.constantFrom([], [{ at: 2, type: 'money', amount: '5.00', currency: 'EUR' }]),
});
const budget = fc.constantFrom({}, { EUR: '999999999.00' }, { EUR: '60.00' });
const reference = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => {
  return text === text.trim() && !text.includes('\0') && text.isWellFormed();
});
const awkward = fc.constantFrom(
  '"',
  '\\',
  "it's",
  '\u0001\u001f',
  '\u007f',
  '\u2028',
  'a\tb\nc',
  'ä🏅',
  '</',
);
const references = fc.uniqueArray(fc.oneof(reference, awkward), { minLength: 8, maxLength: 8 });
const referral = fc.record({
  status: fc.constantFrom('held', 'approved', 'approved', 'approved', 'reversed'),
  amount: fc.oneof(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 9_000_000_000_000 })),
  currency: fc.constantFrom('EUR', 'USD', 'JPY'),
});
const referrals = fc.array(referral, { minLength: 8, maxLength: 8 });

describeEngines('the first rewards of a contest', (open, engine) => {
  test('that the database writes are those of the plan, one by one, to the hash of each entry', async () => {
    await fc.assert(
      fc.asyncProperty(rewards, budget, referrals, references, async (given, limit, list, names) => {
        const database = await open();
        await setUp(database, { rewards: given, limits: { budget: limit } }, list, names);
        const byPlan = await rolledBack(database, async (queries) => {
          const contest = await getContest(queries, SLUG);
          for await (const { changes } of planContestRewards(queries, contest, now)) {
            await postChanges(queries, changes, { run, now, contest: SLUG });
          }
        });
        const byDatabase = await rolledBack(database, compute);
        expect(byDatabase).toEqual(byPlan);
        await database.transaction(compute);
        expect((await verifyRewards(database.queries, now)).findings).toEqual([]);
      }),
      { numRuns: engine === 'sqlite' ? 25 : 6 },
    );
  }, 60_000);

  test('are written without indexes where they are many, which are there again afterwards', async () => {
    const database = await open();
    const { text } = hashRules(
      parseRules({
        rewards: {
          referrer: { type: 'free_days', days: 30 },
          friend: { type: 'points', points: 1 },
          milestones: [{ at: 5, type: 'badge', name: 'Referral Master' }],
        },
      }),
    );
    await fillReferrals(database, 20_000, text);
    const statements: string[] = [];
    await database.transaction(async (queries) => {
      const contest = await getContest(queries, 'bench');
      const counts = await computeContest(watching(queries, statements), contest, { clock, run });
      // Two for each referral, and a badge for each of 2,000 participants, when the indexes are there again.
      expect(counts).toMatchObject({ created: 42_000 });
    });
    expect(statements.some((statement) => /^create index .*rewards_by_customer/i.test(statement))).toBe(true);
    expect((await verifySchema(database)).drift).toEqual([]);
    expect((await verifyRewards(database.queries, now)).findings).toEqual([]);
  }, 60_000);
});

/** The statements that go through `queries`, as text. */
function watching(queries: Queries, statements: string[]): Queries {
  return queries.withPlugin({
    transformQuery: ({ node }) => {
      if (node.kind === 'RawNode') statements.push(node.sqlFragments.join('').trim());
      return node;
    },
    transformResult: async ({ result }) => result,
  });
}

async function compute(queries: Queries): Promise<void> {
  await computeContest(queries, await getContest(queries, SLUG), { clock, run });
}

/** What stands in both tables after `work`, which is then undone. */
function rolledBack(database: Database, work: (queries: Queries) => Promise<void>): Promise<object> {
  return database.transaction(
    async (queries) => {
      await work(queries);
      const written = await queries.selectFrom('rewards').selectAll().orderBy('idempotency_key').execute();
      const entries = await queries
        .selectFrom('ledger_entries')
        .selectAll()
        .orderBy('idempotency_key')
        .execute();
      return {
        rewards: written.map(({ id: _, ...row }) => row),
        entries: entries.map(({ id: _, reward_id: _reward, ...row }) => row),
      };
    },
    { rollback: true },
  );
}

async function setUp(
  database: Database,
  document: object,
  list: readonly { readonly status: string; readonly amount: number; readonly currency: string }[],
  references: readonly string[],
): Promise<void> {
  const given = references.map((name, index): GivenReferral => {
    const { status = 'approved', amount = 100, currency = 'EUR' } = list[index] ?? {};
    return {
      ...{ referrer: `C-${index % 3}`, reference: name, booked_at: '2026-06-01', amount, currency },
      status: status as NonNullable<GivenReferral['status']>,
    };
  });
  await setUpReferrals(database, document, given, SLUG);
  await database.queries.updateTable('contests').set({ status: 'ended' }).execute();
}
