import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { type GivenReferral, setUpReferrals } from '../../../test/given-referrals.ts';
import { clockAt } from '../clock.ts';
import { getContest } from '../contests/get-contest.ts';
import { hashRules, parseRules } from '../contests/rules.ts';
import type { Database } from '../database/database.ts';
import { computeContest } from './compute-rewards.ts';
import { type PlannedRewards, planContestRewards, planStaleRewards } from './plan-contest-rewards.ts';

const clock = clockAt('2026-09-01T00:00:00.000Z');
const run = { id: null, operator: 'tester' };
const SLUG = 'summer';

const reward = fc.constantFrom(
  undefined,
  { type: 'money', amount: '25.00', currency: 'EUR' },
  { type: 'percentage', percent: '12.345' },
  { type: 'percentage', percent: '33.3333', max: { EUR: '20.00', JPY: '9' } },
  { type: 'free_days', days: 30 },
  { type: 'points', points: 7 },
  { type: 'badge', name: 'Friend' },
);
const rules = fc.record({ referrer: reward, friend: reward });
const budget = fc.constantFrom({}, { EUR: '999999999.00', JPY: '999999999' }, { EUR: '60.00' });
const status = fc.constantFrom('pending', 'held', 'approved', 'rejected', 'reversed');
const amount = fc.oneof(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 9_000_000_000_000 }));
const referral = fc.record({ status, amount, currency: fc.constantFrom('EUR', 'USD', 'JPY') });
const REFERRALS = 12;
const referrals = fc.array(referral, { minLength: REFERRALS, maxLength: REFERRALS });
/** What happens to the rewards between two looks: each moves on, or not. */
const moves = fc.array(fc.constantFrom('none', 'claimed', 'paid', 'expired', 'held'), {
  minLength: 6,
  maxLength: 6,
});

describeEngines('the rewards that need a look', (open, engine) => {
  test('are all those that would change, and the others are as they should be', async () => {
    await fc.assert(
      fc.asyncProperty(
        rules,
        rules,
        referrals,
        referrals,
        moves,
        budget,
        async (before, after, first, then, steps, limit) => {
          const database = await open();
          await setUp(database, before, first);
          await compute(database);
          await change(database, { rewards: after, limits: { budget: limit } }, then, steps);
          const contest = await getContest(database.queries, SLUG);
          const now = clock.now();
          const { stale, all } = await database.transaction(
            async (queries) => ({
              stale: await collect(planStaleRewards(queries, contest, now)),
              all: await collect(planContestRewards(queries, contest, now)),
            }),
            { rollback: true },
          );
          expect(stale).toEqual(all);
        },
      ),
      { numRuns: engine === 'sqlite' ? 15 : 3 },
    );
  }, 60_000);
});

async function collect(plan: AsyncGenerator<PlannedRewards>) {
  const changes: string[] = [];
  let unchanged = 0;
  for await (const part of plan) {
    unchanged += part.unchanged;
    changes.push(...part.changes.map((change) => JSON.stringify(change)));
  }
  return { changes: changes.sort(), unchanged };
}

async function setUp(
  database: Database,
  rewards: object,
  list: readonly { readonly status: string; readonly amount: number; readonly currency: string }[],
): Promise<void> {
  const given = list.map(
    ({ status: state, amount: minor, currency }, index): GivenReferral => ({
      ...{
        referrer: `C-${index % 3}`,
        reference: `B-${index}`,
        booked_at: '2026-06-01',
        amount: minor,
        currency,
      },
      status: state as NonNullable<GivenReferral['status']>,
    }),
  );
  await setUpReferrals(database, { rewards }, given, SLUG);
  await database.queries.updateTable('contests').set({ status: 'ended' }).execute();
}

async function compute(database: Database): Promise<void> {
  await database.transaction(async (queries) =>
    computeContest(queries, await getContest(queries, SLUG), { clock, run }),
  );
}

/** Other rules, other referrals (one of them now of somebody else), and rewards at other stages of their life. */
async function change(
  { queries }: Database,
  document: object,
  list: readonly { readonly status: string; readonly amount: number; readonly currency: string }[],
  steps: readonly string[],
): Promise<void> {
  const { text, sha256 } = hashRules(parseRules(document));
  await queries.updateTable('contests').set({ rules: text, rules_sha256: sha256 }).execute();
  const rows = await queries.selectFrom('referrals').select(['id', 'referrer_ref']).orderBy('id').execute();
  for (const [index, { id }] of rows.entries()) {
    const {
      status: state,
      amount: amount_minor,
      currency,
    } = list[index] ?? { status: 'pending', amount: 1, currency: 'EUR' };
    const referrer = index === 0 ? { referrer_ref: rows[1]?.referrer_ref ?? 0 } : {};
    await queries
      .updateTable('referrals')
      .set({ status: state as NonNullable<GivenReferral['status']>, amount_minor, currency, ...referrer })
      .where('id', '=', id)
      .execute();
  }
  const standing = await queries
    .selectFrom('rewards')
    .select('id')
    .orderBy('id')
    .limit(steps.length)
    .execute();
  for (const [index, { id }] of standing.entries()) {
    const step = steps[index];
    if (step === undefined || step === 'none') continue;
    await queries
      .updateTable('rewards')
      .set({ status: step as 'claimed' })
      .where('id', '=', id)
      .execute();
  }
}
