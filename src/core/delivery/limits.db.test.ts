import { sql } from 'kysely';
import { expect, it } from 'vitest';
import {
  CONFIG,
  createAudience,
  createTestCampaign,
  freeze,
  KEYRING,
  RUN,
  send,
  statesOf,
} from '../../../test/campaign-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import { type PacedClock, pacedClock } from '../../../test/paced-clock.ts';
import { listAudit } from '../audit/list-audit.ts';
import { changeCampaign } from '../campaigns/change-campaign.ts';
import { getCampaign } from '../campaigns/get-campaign.ts';
import { planCampaign } from '../campaigns/plan-campaign.ts';
import { systemClock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { setSettings } from '../settings/change-setting.ts';
import { suppressAddresses } from '../suppressions/suppress-addresses.ts';
import { addMilliseconds, type Instant } from '../time.ts';
import { assertClock } from './assert-clock.ts';
import { releaseClock } from './release-clock.ts';
import type { Mail, Outcome, Transport } from './transport.ts';

const START = '2026-07-01T10:00:00.000Z';
const PEOPLE = 40;

/** Takes every mail, unless `answer` says otherwise, and remembers when it came. */
function recorder(clock: PacedClock, answer?: (mail: Mail, call: number) => Outcome | undefined) {
  const taken: { readonly email: string; readonly at: number }[] = [];
  let calls = 0;
  const hooks: { onCall: (call: number) => Promise<void> } = { onCall: () => Promise.resolve() };
  const transport: Transport = {
    name: 'sendgrid',
    target: 'a recorder',
    async deliver(_, mails) {
      calls += 1;
      await hooks.onCall(calls);
      const outcomes = mails.map((mail): Outcome => {
        const own = answer?.(mail, calls);
        if (own !== undefined) return own;
        taken.push({ email: mail.email, at: clock.milliseconds() });
        return { kind: 'accepted', messageId: null };
      });
      return { outcomes };
    },
    close: () => Promise.resolve(),
  };
  return { transport, taken, hooks };
}

describeEngines('the limits of sending', (open) => {
  async function prepare(start = START, people = PEOPLE) {
    const database = await open();
    const clock = pacedClock(start);
    await createAudience(database, people, clock);
    return { database, clock };
  }

  const set = (database: Database, values: Record<string, unknown>) =>
    setSettings({ database, clock: systemClock, run: RUN, dryRun: false }, values);

  async function begin(
    database: Database,
    clock: PacedClock,
    slug: string,
    more: Parameters<typeof createTestCampaign>[2] = {},
  ) {
    await createTestCampaign(database, slug, more, clock);
    await freeze(database, slug, clock);
  }

  const go = (
    database: Database,
    clock: PacedClock,
    slug: string,
    transport: Transport,
    options: Parameters<typeof send>[3] = {},
  ) =>
    send(
      database,
      slug,
      transport,
      { concurrency: 1, ...options },
      { clock, sleep: clock.sleep, signal: clock.signal, followsServer: false },
    );

  const moveToGmail = (database: Database, people: number) =>
    database.queries
      .updateTable('customers')
      .set(({ fn, eb }) => ({
        address_key: fn('replace', ['address_key', eb.val('people.test'), eb.val('gmail.com')]),
        email: fn('replace', ['email', eb.val('people.test'), eb.val('gmail.com')]),
      }))
      .where('id', '<=', people)
      .execute();

  it('let a class of domains that is out of tokens hold up nobody else', async () => {
    const { database, clock } = await prepare();
    await set(database, { 'sending.domain_rates': { gmail: '2/s' } });
    await moveToGmail(database, 20);
    await begin(database, clock, 'launch');
    const { transport, taken } = recorder(clock);
    expect(await go(database, clock, 'launch', transport)).toMatchObject({
      accepted: PEOPLE,
      end: 'finished',
    });
    const seconds = (domain: string) =>
      taken.filter(({ email }) => email.endsWith(domain)).map(({ at }) => (at - Date.parse(START)) / 1_000);
    expect(Math.max(...seconds('people.test'))).toBeLessThan(0.5);
    const gmail = seconds('gmail.com');
    expect(gmail).toHaveLength(20);
    expect(Math.max(...gmail)).toBeGreaterThan(9);
    expect(Math.max(...gmail)).toBeLessThan(10);
  });

  it('pace an account over all of its campaigns, and forget nothing between two runs', async () => {
    const { database, clock } = await prepare();
    await set(database, { 'sending.account_rates': { sendgrid: '10/s' } });
    await begin(database, clock, 'one');
    await begin(database, clock, 'two');
    const { transport, taken } = recorder(clock);
    for (let round = 0; round < 4; round += 1) {
      await go(database, clock, 'one', transport, { limit: 10 });
      await go(database, clock, 'two', transport, { limit: 10 });
    }
    expect(taken).toHaveLength(80);
    const last = Math.max(...taken.map(({ at }) => at)) - Date.parse(START);
    expect(last).toBeGreaterThan(7_500);
    expect(last).toBeLessThan(8_200);
  });

  it('hold what is over the daily cap of a campaign until midnight in the configured time zone', async () => {
    const { database, clock } = await prepare();
    await begin(database, clock, 'launch', { dailyCap: 15 });
    const { transport, taken } = recorder(clock);
    const more = { clock, sleep: clock.sleep, signal: clock.signal, followsServer: false };
    const amsterdam = { ...more, config: { ...CONFIG, timezone: 'Europe/Amsterdam' } };
    // One worker: while one waits for another on this clock, hours pass.
    const options = { concurrency: 1 };
    expect(await send(database, 'launch', transport, options, amsterdam)).toMatchObject({
      ...{ accepted: 15, pending: 25, end: 'held' },
      ...{ held_by: 'campaign_daily_cap', held_until: '2026-07-01T22:00:00.000Z' },
    });
    clock.moveTo('2026-07-01T21:59:59.000Z');
    expect(await send(database, 'launch', transport, { ...options, patienceMs: 0 }, amsterdam)).toMatchObject(
      {
        pending: 25,
      },
    );
    clock.moveTo('2026-07-01T22:00:00.000Z');
    expect(await send(database, 'launch', transport, options, amsterdam)).toMatchObject({ pending: 10 });
    expect(taken).toHaveLength(30);
  });

  it('are waited for over days when it is asked for', async () => {
    const { database, clock } = await prepare('2026-07-01T23:50:00.000Z');
    await begin(database, clock, 'launch', { dailyCap: 20 });
    const { transport } = recorder(clock);
    const forever = { patienceMs: Number.POSITIVE_INFINITY };
    expect(await go(database, clock, 'launch', transport, forever)).toMatchObject({ accepted: PEOPLE });
    expect(clock.now().slice(0, 16)).toBe('2026-07-02T00:00');
  });

  it('warm an account up over all of its campaigns, day by day', async () => {
    const { database, clock } = await prepare();
    const warmUp = { starts_on: '2026-07-01', volumes: [8, 16, 24] };
    await set(database, {
      'sending.warm_up': { sendgrid: warmUp },
      'sending.account_daily_caps': { sendgrid: 20 },
    });
    await begin(database, clock, 'one');
    await begin(database, clock, 'two');
    const { transport, taken } = recorder(clock);
    const counts: number[] = [];
    for (const day of ['2026-07-01', '2026-07-02', '2026-07-03', '2026-07-04', '2026-07-05']) {
      clock.moveTo(`${day}T10:00:00.000Z`);
      const before = taken.length;
      for (const slug of ['one', 'two']) {
        expect(['account_daily_cap', undefined]).toContain(
          (await go(database, clock, slug, transport)).held_by,
        );
      }
      counts.push(taken.length - before);
    }
    expect(counts).toEqual([8, 16, 20, 20, 16]);
  });

  it('do not count mails that were never handed over', async () => {
    const { database, clock } = await prepare();
    await begin(database, clock, 'launch', { dailyCap: 30 });
    const { transport } = recorder(clock, (_, call) =>
      call <= 5 ? { kind: 'unsent', error: 'busy', countsAsAttempt: false } : undefined,
    );
    expect(await go(database, clock, 'launch', transport)).toMatchObject({ accepted: 30, pending: 10 });
  });

  it('open a window in the time zone of each recipient, and drop nobody', async () => {
    const { database, clock } = await prepare('2026-11-20T22:30:00.000Z');
    const zones = ['Europe/Amsterdam', 'America/New_York', 'Asia/Tokyo', null];
    for (const [index, timezone] of zones.entries()) {
      const own = database.queries.updateTable('customers').set({ timezone });
      await own
        .where('id', '>', index * 10)
        .where('id', '<=', index * 10 + 10)
        .execute();
    }
    await begin(database, clock, 'launch', { sendWindow: 'mon-fri 17:00-18:00' });
    const { transport, taken } = recorder(clock);
    const first = await go(database, clock, 'launch', transport);
    expect(first).toMatchObject({ accepted: 10, pending: 30, held_until: '2026-11-23T08:00:00.000Z' });
    expect(taken.map(({ email }) => Number(/\d+/.exec(email)?.[0]) > 10)).not.toContain(false);
    const batches: number[][] = [];
    let next: string | undefined = first.held_until;
    for (; next !== undefined; ) {
      clock.moveTo(next);
      const before = taken.length;
      next = (await go(database, clock, 'launch', transport)).held_until;
      batches.push(taken.slice(before).map(({ email }) => Math.ceil(Number(/\d+/.exec(email)?.[0]) / 10)));
    }
    const ten = (zone: number) => new Array<number>(10).fill(zone);
    expect(batches).toEqual([ten(3), ten(1), ten(4)]);
    expect(clock.now().slice(0, 16)).toBe('2026-11-23T17:00');
  });

  it('hold a campaign until the time that it is to be sent at', async () => {
    const { database, clock } = await prepare();
    await begin(database, clock, 'launch', { sendAt: '2026-07-01T18:00:00.000Z' });
    const { transport } = recorder(clock);
    expect(await go(database, clock, 'launch', transport)).toMatchObject({
      ...{ accepted: 0, pending: PEOPLE, held_until: '2026-07-01T18:00:00.000Z' },
    });
  });
});

describeEngines('a plan under limits', (open) => {
  it('leaves out whom the frequency cap does, all day long, and lets the claim agree', async () => {
    const database = await open();
    const clock = pacedClock('2026-07-08T09:00:00.000Z');
    await createAudience(database, 6, clock);
    await createTestCampaign(database, 'one', {}, clock);
    await createTestCampaign(database, 'two', {}, clock);
    await freeze(database, 'one', clock);
    const mailed = ['2026-07-01T08:00:00.000Z', '2026-07-01T10:00:00.000Z', '2026-06-30T23:59:59.000Z'];
    for (const [index, at] of mailed.entries()) {
      const own = database.queries.updateTable('deliveries').set({ status: 'accepted', claimed_at: at });
      await own.where('customer_ref', '=', index + 1).execute();
    }
    await database.queries.updateTable('campaigns').set({ status: 'paused' }).where('id', '=', 1).execute();
    const dependencies = { clock, config: CONFIG, keyring: KEYRING };
    const plan = async () =>
      planCampaign(database.queries, await getCampaign(database.queries, 'two'), dependencies);
    expect((await plan()).excluded).toEqual({});
    const change = { database, clock, run: RUN, dryRun: false };
    await setSettings(change, { 'campaigns.frequency_cap': '1/7d' });
    const first = await plan();
    expect(first).toMatchObject({ recipients: 4, excluded: { frequency_cap: 2 } });
    clock.moveTo('2026-07-08T23:59:00.000Z');
    expect((await plan()).digest).toBe(first.digest);
    await freeze(database, 'two', clock);
    const { transport } = recorder(clock);
    const more = { clock, sleep: clock.sleep, signal: clock.signal, followsServer: false };
    expect(await send(database, 'two', transport, {}, more)).toMatchObject({ accepted: 4, skipped: 0 });
    await setSettings(change, { 'campaigns.frequency_cap': '2/7d' });
    expect((await plan()).excluded).toEqual({});
  });

  it('says how many there are of each class of domains, and how long each takes', async () => {
    const database = await open();
    await createAudience(database, 30);
    const own = database.queries.updateTable('customers').where('id', '<=', 20);
    await own.set(({ ref }) => ({ address_key: sql`${ref('customer_id')} || '@gmail.com'` })).execute();
    const change = { database, clock: systemClock, run: RUN, dryRun: false };
    await setSettings(change, {
      'sending.domain_rates': { gmail: '6/m' },
      'sending.account_rates': { sendgrid: '1/s' },
    });
    await createTestCampaign(database, 'launch');
    const campaign = await getCampaign(database.queries, 'launch');
    const dependencies = { clock: systemClock, config: CONFIG, keyring: KEYRING };
    const { domain_classes, estimated_seconds } = await planCampaign(
      database.queries,
      campaign,
      dependencies,
    );
    expect(estimated_seconds).toBe(200);
    expect(domain_classes).toEqual([
      { name: 'gmail', recipients: 20, rate: 0.1, estimated_seconds: 200 },
      { name: 'microsoft', recipients: 0, rate: null, estimated_seconds: 0 },
      { name: 'yahoo', recipients: 0, rate: null, estimated_seconds: 0 },
      { name: 'other', recipients: 10, rate: null, estimated_seconds: 12 },
    ]);
  });
});

describeEngines('between two claims', (open) => {
  const SKIPS: readonly (readonly [
    string,
    string,
    (database: Database, clock: PacedClock) => Promise<unknown>,
  ])[] = [
    [
      'a suppression',
      'suppressed',
      (database, clock) =>
        database.transaction((trx) =>
          suppressAddresses(trx, { clock, keyring: KEYRING, run: RUN }, [
            { address_key: 'c25@people.test', reason: 'manual', source: 'test' },
          ]),
        ),
    ],
    [
      'a withdrawal',
      'withdrawn',
      ({ queries }) =>
        queries.updateTable('customers').set({ consent: 'withdrawn' }).where('id', '=', 25).execute(),
    ],
    [
      'an unknown consent',
      'no_consent',
      ({ queries }) =>
        queries.updateTable('customers').set({ consent: 'unknown' }).where('id', '=', 25).execute(),
    ],
    [
      'an erasure',
      'erased',
      ({ queries }, clock) =>
        queries
          .updateTable('customers')
          .set({ erased_at: clock.now(), email: null, address_key: null })
          .where('id', '=', 25)
          .execute(),
    ],
    [
      'a mail of another campaign, under a frequency cap,',
      'frequency_cap',
      async (database, clock) => {
        await setSettings(
          { database, clock, run: RUN, dryRun: false },
          { 'campaigns.frequency_cap': '1/7d' },
        );
        await createTestCampaign(database, 'other', { where: ['customer_id = C-0000025'] }, clock);
        await freeze(database, 'other', clock);
        await database.queries
          .updateTable('deliveries')
          .set({ status: 'accepted', claimed_at: clock.now(), sent_at: clock.now() })
          .where('campaign_id', '=', 2)
          .execute();
      },
    ],
  ];

  async function sendWith(change: (database: Database, clock: PacedClock) => Promise<unknown>) {
    const database = await open();
    const clock = pacedClock(START);
    await createAudience(database, PEOPLE, clock);
    await createTestCampaign(database, 'launch', {}, clock);
    await freeze(database, 'launch', clock);
    const { transport, taken, hooks } = recorder(clock);
    // It happens while the provider has the first batch; the second one is claimed already then.
    hooks.onCall = async (call) => {
      if (call === 1) await change(database, clock);
    };
    const options = { concurrency: 1, batchSize: 10 };
    const more = { clock, sleep: clock.sleep, signal: clock.signal, followsServer: false };
    const result = await send(database, 'launch', transport, options, more);
    return { database, clock, transport, taken, result, more };
  }

  it.each(SKIPS)('%s is found and skips the recipient', async (_, reason, change) => {
    const { database, taken, result } = await sendWith(change);
    expect(result).toMatchObject({ accepted: PEOPLE - 1, skipped: 1, pending: 0 });
    expect(taken.map(({ email }) => email)).not.toContain('c25@people.test');
    const skipped = database.queries.selectFrom('deliveries').select(['customer_ref', 'error']);
    expect(await skipped.where('status', '=', 'skipped').execute()).toEqual([
      { customer_ref: 25, error: reason },
    ]);
  });

  it('a pause stops the campaign with everything else pending', async () => {
    const { result } = await sendWith((database, clock) =>
      changeCampaign('launch', 'pause', null, {
        ...{ database, clock, config: CONFIG, keyring: KEYRING, run: RUN, dryRun: false },
      }),
    );
    expect(result).toMatchObject({ accepted: 10, pending: 30, end: 'stopped', status: 'paused' });
  });

  it('a restored database sends nothing more', async () => {
    const { result } = await sendWith(({ queries }) =>
      queries.insertInto('meta').values({ name: 'quarantined_at', value: START }).execute(),
    );
    expect(result).toMatchObject({ accepted: 20, pending: 20, failure: { code: 'quarantined' } });
  });

  it('approval that is required from now on stops a campaign that nobody approved', async () => {
    const require = (database: Database, clock: PacedClock) =>
      setSettings({ database, clock, run: RUN, dryRun: false }, { 'campaigns.require_approval': true });
    const { result, database, transport, more } = await sendWith(require);
    expect(result).toMatchObject({
      ...{ accepted: 20, pending: 20, status: 'sending' },
      failure: { code: 'state_forbids', message: expect.stringContaining('not approved') },
    });
    await database.queries.updateTable('campaigns').set({ approved_at: START, approved_by: 'b' }).execute();
    expect(await send(database, 'launch', transport, {}, more)).toMatchObject({ accepted: PEOPLE });
  });

  it('a clock that goes back by more than a minute stops everything, until somebody releases it', async () => {
    const back = addMilliseconds(START, -3_600_000);
    const { result, database, clock, transport, more } = await sendWith((_, own) =>
      Promise.resolve(own.moveTo(back)),
    );
    expect(result).toMatchObject({
      ...{ accepted: 20, pending: 20 },
      failure: { code: 'state_forbids', hint: expect.stringContaining('campaigns release') },
    });
    expect(await statesOf(database, 'launch')).toEqual({ accepted: 20, pending: 20 });
    clock.moveTo(addMilliseconds(START, 3_600_000));
    expect(await send(database, 'launch', transport, {}, more)).toMatchObject({ pending: 20 });
    const options = { database, clock, run: RUN, dryRun: false };
    const found = { highest: START, seen: back };
    expect(await releaseClock({ ...options, dryRun: true })).toEqual(found);
    expect(await send(database, 'launch', transport, {}, more)).toMatchObject({ pending: 20 });
    // On PostgreSQL a release believes the server, whose time is the real one.
    expect(await releaseClock(options)).toEqual(found);
    expect(await releaseClock(options)).toBeUndefined();
    if (database.engine === 'postgres') clock.moveTo(systemClock.now());
    expect(await send(database, 'launch', transport, {}, more)).toMatchObject({ accepted: PEOPLE });
    const actions = (await listAudit(database.queries, { where: [], offset: 0, now: clock.now() })).map(
      ({ action }) => action,
    );
    expect(actions.filter((action) => action === 'clock.released')).toHaveLength(1);
  });

  it('a clock that is set back by seconds stops nothing', async () => {
    const { result } = await sendWith((_, clock) =>
      Promise.resolve(clock.moveTo(addMilliseconds(START, -59_000))),
    );
    expect(result).toMatchObject({ accepted: PEOPLE, failure: undefined });
  });
});

describeEngines('the clock of senders', (open, engine) => {
  it('is looked at before anything is frozen', async () => {
    const database = await open();
    const remember = (at: Instant) =>
      database.queries.insertInto('meta').values({ name: 'clock_highest', value: at }).execute();
    await assertClock(database, systemClock);
    await database.queries.deleteFrom('meta').where('name', '=', 'clock_highest').execute();
    await remember(addMilliseconds(systemClock.now(), 120_000));
    await expect(assertClock(database, systemClock)).rejects.toMatchObject({ code: 'state_forbids' });
    expect(await getCampaign(database.queries, 'none').catch((error: unknown) => error)).toBeDefined();
  });

  if (engine === 'postgres') {
    it('is that of the server, whatever a machine believes', async () => {
      const database = await open();
      const wrong = pacedClock('2031-01-01T00:00:00.000Z');
      await createAudience(database, 10);
      await createTestCampaign(database, 'launch', { rate: 1_000 });
      await freeze(database, 'launch');
      const { transport } = recorder(wrong);
      const more = { clock: wrong, sleep: wrong.sleep, signal: wrong.signal };
      expect(await send(database, 'launch', transport, { concurrency: 1 }, more)).toMatchObject({
        accepted: 10,
      });
      const { value } = await database.queries
        .selectFrom('meta')
        .select('value')
        .where('name', '=', 'clock_highest')
        .executeTakeFirstOrThrow();
      expect(Math.abs(Date.parse(value) - Date.now())).toBeLessThan(60_000);
    });
  }
});
