import { expect, it } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { clockAt } from '../clock.ts';
import { isCode } from '../codes/code.ts';
import type { Database, Queries } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import type { OnProgress } from '../progress.ts';
import { systemRandom } from '../random.ts';
import { changeContestStatus } from './change-contest-status.ts';
import { parseContestFacts } from './contest-document.ts';
import { createContest } from './create-contest.ts';
import { getContest } from './get-contest.ts';
import { enrolInContest, launchContest } from './launch-contest.ts';
import { listContests } from './list-contests.ts';
import { parseRules } from './rules.ts';
import { summariseContest } from './summarise-contest.ts';

const clock = clockAt('2026-03-01T09:00:00.000Z');
const run = { id: null, operator: 'tester' };
const dependencies = { clock, run, random: systemRandom };
const document = {
  name: 'Summer',
  benefit: '€25',
  starts_at: '2026-03-29',
  duration: '7d',
  timezone: 'Europe/Amsterdam',
};

describeEngines('contests', (open) => {
  it('run their window in their own time zone, over a change of the clocks too', async () => {
    const db = await open();
    await create(db);
    const contest = await getContest(db.queries, 'summer-referral');
    expect([contest.starts_at, contest.ends_at]).toEqual([
      '2026-03-28T23:00:00.000Z',
      '2026-04-04T22:00:00.000Z',
    ]);
    expect(contest.status).toBe('draft');
    expect(contest.rules.eligibility.participants).toEqual([
      'consent = granted',
      'attributes.city = Utrecht',
    ]);
  });

  it('take a slug once', async () => {
    const db = await open();
    await create(db);
    await expect(create(db)).rejects.toMatchObject({ code: 'already_exists' });
  });

  it('name the nearest slug when there is none of that name', async () => {
    const db = await open();
    await create(db);
    await expect(getContest(db.queries, 'sumer-referral')).rejects.toMatchObject({
      code: 'not_found',
      hint: 'Did you mean "summer-referral"?',
    });
  });

  it('enrol everyone eligible at the launch, with a code each, and nobody twice', async () => {
    const db = await open();
    await addCustomers(db.queries);
    await create(db);
    const launched = await launch(db);
    expect(launched).toEqual({
      contest: 'summer-referral',
      status: 'active',
      enrolled: 2,
      codes_created: 2,
      participants: 2,
    });
    const codes = await db.queries.selectFrom('codes').selectAll().execute();
    expect(codes.every((row) => isCode(row.code) && row.contest_id !== null)).toBe(true);
    expect(await launch(db)).toMatchObject({
      status: 'active',
      enrolled: 0,
      codes_created: 0,
      participants: 2,
    });
    const audits = await db.queries.selectFrom('audit_log').select('action').execute();
    expect(audits.map((row) => row.action)).toEqual(['contest.created', 'contest.launched']);
  });

  it('enrol only those whom --where names, and later the others', async () => {
    const db = await open();
    await addCustomers(db.queries);
    await create(db);
    expect(await launch(db, ['tier = gold'])).toMatchObject({ enrolled: 1, codes_created: 1 });
    const enrol = () => db.transaction((trx) => enrolInContest(trx, dependencies, 'summer-referral', []));
    expect(await enrol()).toMatchObject({ enrolled: 1, codes_created: 1, participants: 2 });
    expect(await enrol()).toMatchObject({ enrolled: 0, codes_created: 0, participants: 2 });
  });

  it('enrol whose keys are far apart, and tell how many customers were looked at', async () => {
    const db = await open();
    await addCustomers(db.queries);
    await db.queries.updateTable('customers').set({ id: 250_000 }).where('customer_id', '=', 'C-2').execute();
    await create(db);
    const told: (number | undefined)[][] = [];
    const onEnrolled: OnProgress = (...counts) => told.push(counts);
    const work = () =>
      db.transaction((trx) => launchContest(trx, { ...dependencies, onEnrolled }, 'summer-referral', []));
    expect(await work()).toMatchObject({ enrolled: 2, codes_created: 2, participants: 2 });
    expect(told).toEqual([
      [100_000, 250_000],
      [200_000, 250_000],
      [250_000, 250_000],
    ]);
  });

  it('leave nothing behind after a dry run of the launch', async () => {
    const db = await open();
    await addCustomers(db.queries);
    await create(db);
    const planned = await db.transaction((trx) => launchContest(trx, dependencies, 'summer-referral', []), {
      rollback: true,
    });
    expect(planned).toMatchObject({ status: 'active', enrolled: 2, codes_created: 2 });
    expect(await summariseContest(db.queries, 'summer-referral')).toMatchObject({
      status: 'draft',
      participants: 0,
      codes: 0,
    });
  });

  it('go through their states, and say no to any other way', async () => {
    const db = await open();
    await create(db);
    const change = (action: 'pause' | 'resume' | 'end' | 'cancel') =>
      db.transaction((trx) => changeContestStatus(trx, dependencies, 'summer-referral', action));
    await expect(change('pause')).rejects.toMatchObject({ code: 'state_forbids' });
    await launch(db);
    expect(await change('pause')).toMatchObject({ status: 'paused', changed: true });
    expect(await change('pause')).toMatchObject({ status: 'paused', changed: false });
    expect(await change('resume')).toMatchObject({ status: 'active', changed: true });
    expect(await change('end')).toMatchObject({ status: 'ended', changed: true });
    await expect(change('resume')).rejects.toBeInstanceOf(ReferralError);
    await expect(
      db.transaction((trx) => enrolInContest(trx, dependencies, 'summer-referral', [])),
    ).rejects.toMatchObject({ code: 'state_forbids' });
    expect(await change('cancel')).toMatchObject({ status: 'cancelled', changed: true });
    const row = await getContest(db.queries, 'summer-referral');
    expect(row.ended_at).toBe(clock.now());
  });

  it('are listed by condition', async () => {
    const db = await open();
    await create(db);
    const list = (where: string[]) => listContests(db.queries, clock, { where, offset: 0, timezone: 'UTC' });
    expect(await list([])).toMatchObject([{ contest: 'summer-referral', status: 'draft', participants: 0 }]);
    expect(await list(['status = active'])).toEqual([]);
    await expect(list(['statsu = active'])).rejects.toMatchObject({ hint: 'Did you mean "status"?' });
  });

  it('refuse rules whose conditions are none, and leave no contest behind', async () => {
    const db = await open();
    const rules = parseRules({ eligibility: { participants: ['consnt = granted'] } });
    const facts = parseContestFacts('x', document, { timezone: 'UTC' });
    await expect(
      db.transaction((trx) => createContest(trx, dependencies, facts, rules)),
    ).rejects.toMatchObject({ code: 'input_unusable', hint: 'Did you mean "consent"?' });
    await expect(getContest(db.queries, 'x')).rejects.toMatchObject({ code: 'not_found' });
  });
});

function create(db: Database) {
  const rules = parseRules({
    eligibility: { participants: ['consent = granted', 'attributes.city = Utrecht'] },
  });
  const facts = parseContestFacts('summer-referral', document, { timezone: 'UTC' });
  return db.transaction((trx) => createContest(trx, dependencies, facts, rules));
}

function launch(db: Database, where: string[] = []) {
  return db.transaction((trx) => launchContest(trx, dependencies, 'summer-referral', where));
}

async function addCustomers(queries: Queries): Promise<void> {
  const customer = (customer_id: string, tier: string, consent: 'granted' | 'unknown', city: string) => ({
    ...{ customer_id, tier, consent, attributes: JSON.stringify({ city }), source: 'import' },
    ...{ created_at: clock.now(), updated_at: clock.now() },
  });
  await queries
    .insertInto('customers')
    .values([
      customer('C-1', 'gold', 'granted', 'Utrecht'),
      customer('C-2', 'basic', 'granted', 'Utrecht'),
      customer('C-3', 'gold', 'unknown', 'Utrecht'),
      customer('C-4', 'gold', 'granted', 'Gent'),
      { ...customer('C-5', 'gold', 'granted', 'Utrecht'), erased_at: clock.now() },
    ])
    .execute();
}
