import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { type GivenReferral, given, setUpReferrals } from '../../../test/given-referrals.ts';
import { canonicalJson, sha256 } from '../canonical-json.ts';
import { clockAt } from '../clock.ts';
import { evaluateReferrals } from '../conversions/evaluate-referrals.ts';
import type { Database } from '../database/database.ts';
import { computeLeaderboard } from '../leaderboard/compute-leaderboard.ts';
import { systemRandom } from '../random.ts';
import { formatFinalResultsPage } from '../reports/html/final-results-page.ts';
import { computeContest } from '../rewards/compute-rewards.ts';
import { amendRules } from './amend-rules.ts';
import { changeContestStatus } from './change-contest-status.ts';
import { getFinalResults } from './final-results.ts';
import { finalizeContest } from './finalize-contest.ts';
import { getContest } from './get-contest.ts';
import { launchContest } from './launch-contest.ts';
import { parseRules } from './rules.ts';
import { summariseContest } from './summarise-contest.ts';

const clock = clockAt('2026-09-01T00:00:00.000Z');
const run = { id: null, operator: 'tester' };
const dependencies = { clock, run, random: systemRandom };

const rules = {
  qualify: { min_points: 2 },
  rewards: {
    prizes: [
      { position: 1, type: 'money', amount: '1000.00', currency: 'EUR' },
      { position: 3, type: 'badge', name: 'Third' },
      { position: 9, type: 'points', points: 5 },
    ],
    drawing: { winners: 2, type: 'free_days', days: 30 },
  },
};

// C-1 leads with three; C-2 and C-3 have two; C-4 has one, which is not enough.
const referrals: readonly GivenReferral[] = [
  ...['a', 'b', 'c'].map((reference) => given('C-1', reference, '2026-06-03')),
  ...['d', 'e'].map((reference) => given('C-2', reference, '2026-06-02')),
  ...['f', 'g'].map((reference) => given('C-3', reference, '2026-06-01')),
  given('C-4', 'h', '2026-06-01'),
];

describeEngines('finalizeContest', (open) => {
  it('freezes the ranking, draws from the seed of the launch and awards the prizes', async () => {
    const db = await open();
    await runContest(db, referrals);
    const { seed_sha256, seed: hidden } = await summariseContest(db.queries, 'summer');
    expect(hidden).toBeNull();
    const before = await computeLeaderboard(db.queries, await getContest(db.queries, 'summer'), {
      now: clock.now(),
    });
    const result = await finalize(db);
    expect(result).toMatchObject({
      ...{ status: 'finalized', digest: before.digest, entries: 4, qualified: 3, changed: true },
      ...{ open: { pending: 0, held: 0 }, rewards_created: 4 },
      prizes: [
        { number: 1, customer_id: 'C-1', reward: { type: 'money', amount: '1000.00', currency: 'EUR' } },
        { number: 3, customer_id: 'C-2', reward: { type: 'badge', name: 'Third' } },
      ],
    });
    expect(sha256(result.seed ?? '')).toBe(seed_sha256);
    const tickets = ['C-1', 'C-2', 'C-3'].map((id) => ({
      id,
      ticket: sha256(`${result.seed}:summer:${id}`),
    }));
    tickets.sort((a, b) => (a.ticket < b.ticket ? -1 : 1));
    expect(result.drawing.map((winner) => winner.customer_id)).toEqual([tickets[0]?.id, tickets[1]?.id]);
    const rewards = await db.queries
      .selectFrom('rewards')
      .select(['side', 'rule', 'type', 'amount_minor', 'days', 'badge'])
      .orderBy('rule')
      .execute();
    expect(rewards.map(({ rule }) => rule)).toEqual([
      'rewards.drawing.1',
      'rewards.drawing.2',
      'rewards.prizes.1',
      'rewards.prizes.3',
    ]);
    expect(rewards[2]).toMatchObject({ side: 'position', type: 'money', amount_minor: 100_000 });
  });

  it('shows the frozen board afterwards, whatever happens to a referral', async () => {
    const db = await open();
    await runContest(db, referrals);
    const { digest } = await finalize(db);
    await db.queries.updateTable('referrals').set({ status: 'reversed' }).execute();
    const contest = await getContest(db.queries, 'summer');
    const board = await computeLeaderboard(db.queries, contest, { now: clock.now() });
    expect(board.digest).toBe(digest);
    expect(board.entries.map((entry) => entry.customer_id)).toEqual(['C-1', 'C-3', 'C-2', 'C-4']);
    const again = await db.transaction((trx) => computeContest(trx, contest, { clock, run }));
    expect(again).toMatchObject({ created: 0, reversed: 0, unchanged: 4 });
  });

  it('signs off results that are always the same, that a ten-line recipe draws again, and that show a change', async () => {
    const db = await open();
    await runContest(db, referrals);
    await expect(getFinalResults(db.queries, 'summer', clock.now())).rejects.toMatchObject({
      code: 'state_forbids',
    });
    const { results_sha256 } = await finalize(db);
    const results = await getFinalResults(db.queries, 'summer', '2027-01-01T00:00:00.000Z');
    const { entries, signed_off, results_sha256: hash, ...signed } = results;
    expect(sha256(canonicalJson(signed))).toBe(results_sha256);
    expect(hash).toBe(results_sha256);
    expect(entries).toHaveLength(4);
    expect(signed_off).toMatchObject({ operator: 'tester', at: clock.now() });
    const page = formatFinalResultsPage(results);
    for (const text of [results.digest, results.seed ?? '', 'C-4', '1000.00 EUR', '30 free days']) {
      expect(page).toContain(text);
    }
    const folder = await mkdtemp(join(tmpdir(), 'referral-results-'));
    try {
      const file = join(folder, 'results.json');
      await writeFile(file, JSON.stringify(results));
      const recipe = join(import.meta.dirname, '../../../docs/recipes/repeat-drawing.mjs');
      const drawn = results.drawing.map((winner) => winner.customer_id);
      const { stdout } = await promisify(execFile)(process.execPath, [recipe, file]);
      expect(stdout).toBe(`the same winners: ${drawn.join(' ')}\n`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    await db.queries.updateTable('final_standings').set({ points: 9 }).where('position', '=', 2).execute();
    await expect(getFinalResults(db.queries, 'summer', clock.now())).rejects.toMatchObject({
      code: 'check_failed',
    });
  });

  it('changes nothing the second time', async () => {
    const db = await open();
    await runContest(db, referrals);
    const { changed: _, rewards_created: __, ...first } = await finalize(db);
    expect(await finalize(db)).toMatchObject({ ...first, changed: false, rewards_created: 0 });
  });

  it('waits for holds that time alone ends, unless told to leave them', async () => {
    const db = await open();
    await runContest(db, [
      ...referrals,
      { ...given('C-4', 'i', '2026-06-05'), status: 'held', reason: 'fraud.alias' },
      { ...given('C-4', 'j', '2026-06-05'), status: 'held', reason: 'approval.hold_days' },
    ]);
    await db.queries
      .updateTable('referrals')
      .set({ hold_until: '2026-09-02T00:00:00.000Z' })
      .where('reason', '=', 'approval.hold_days')
      .execute();
    await expect(finalize(db)).rejects.toMatchObject({
      code: 'state_forbids',
      details: {
        ...{ waiting: 1, held: 2, until: '2026-09-02T00:00:00.000Z' },
        open_referrals: [
          { referrer_id: 'C-4', booking_reference: 'i', reason: 'fraud.alias', hold_until: null },
          { booking_reference: 'j', status: 'held', hold_until: '2026-09-02T00:00:00.000Z' },
        ],
      },
    });
    expect((await getContest(db.queries, 'summer')).status).toBe('ended');
    expect(await finalize(db, true)).toMatchObject({
      ...{ open: { held: 2, pending: 0 }, entries: 4 },
      open_referrals: [{ booking_reference: 'i' }, { booking_reference: 'j' }],
    });
  });

  it('says no before the contest has ended', async () => {
    const db = await open();
    await setUpReferrals(db, rules, referrals);
    await expect(finalize(db)).rejects.toMatchObject({ code: 'state_forbids' });
  });
});

describeEngines('amendRules', (open) => {
  it('tells what changes, and keeps both versions on record', async () => {
    const db = await open();
    await setUpReferrals(db, rules, referrals);
    const before = await getContest(db.queries, 'summer');
    const after = parseRules({ ...rules, scoring: { points_per_referral: 2 } });
    const amend = () => db.transaction((trx) => amendRules(trx, dependencies, 'summer', after));
    expect(await amend()).toMatchObject({
      changes: [{ path: 'scoring.points_per_referral', before: 1, after: 2 }],
      ...{ referrals_changed: 0, entries: 4, entries_changed: 4 },
    });
    const contest = await getContest(db.queries, 'summer');
    expect(contest.rules).toEqual(after);
    const { details } = await db.queries
      .selectFrom('audit_log')
      .select('details')
      .where('action', '=', 'contest.rules_amended')
      .executeTakeFirstOrThrow();
    expect(JSON.parse(details)).toMatchObject({
      ...{
        before: before.rules,
        after,
        before_sha256: before.rules_sha256,
        after_sha256: contest.rules_sha256,
      },
    });
    expect(await amend()).toMatchObject({ changes: [], entries_changed: 0 });
  });

  it('decides the referrals of a running contest anew, or only tells what that would change', async () => {
    const db = await open();
    await setUpReferrals(db, {}, [...referrals, { ...given('C-4', 'large', '2026-06-07'), amount: 20_000 }]);
    await db.transaction(async (trx) => {
      await launchContest(trx, dependencies, 'summer', []);
      await evaluateReferrals(trx, await getContest(trx, 'summer'), clock.now());
    });
    const after = parseRules({ eligibility: { min_amount: '150.00' } });
    const amend = (rollback: boolean) =>
      db.transaction((trx) => amendRules(trx, dependencies, 'summer', after), { rollback });
    const expected = { referrals_changed: 8, entries: 1, entries_changed: 4 };
    const board = async () => {
      const contest = await getContest(db.queries, 'summer');
      return (await computeLeaderboard(db.queries, contest, { now: clock.now() })).entries;
    };
    expect(await amend(true)).toMatchObject(expected);
    expect(await board()).toHaveLength(4);
    expect(await amend(false)).toMatchObject(expected);
    expect(await board()).toMatchObject([{ customer_id: 'C-4', position: 1, referrals: 1 }]);
  });
});

async function runContest(db: Database, list: readonly GivenReferral[]): Promise<void> {
  await setUpReferrals(db, rules, list);
  await db.transaction(async (trx) => {
    await launchContest(trx, dependencies, 'summer', []);
    await changeContestStatus(trx, dependencies, 'summer', 'end');
  });
}

function finalize(db: Database, leaveOpen = false) {
  return db.transaction((trx) => finalizeContest(trx, dependencies, 'summer', { leaveOpen }));
}
