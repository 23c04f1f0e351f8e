import { expect, it } from 'vitest';
import {
  CONFIG,
  createAudience,
  createTestCampaign,
  freeze,
  KEYRING,
  RUN,
  send,
} from '../../../test/campaign-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import {
  addConversion,
  addEvent,
  click,
  deliveriesOf,
  takingTransport,
} from '../../../test/experiment-fixture.ts';
import { isHeldOut } from '../campaigns/assign-holdout.ts';
import { getCampaign } from '../campaigns/get-campaign.ts';
import { planCampaign } from '../campaigns/plan-campaign.ts';
import { clockAt } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { finishCampaign } from '../delivery/delivery-queries.ts';
import { decideExperiment } from './decide-experiment.ts';
import type { ExperimentDesign } from './design.ts';
import { defaultDesign } from './parse-design.ts';
import { readExperiment } from './read-experiment.ts';

const START = '2026-07-01T10:00:00.000Z';
const LATER = '2026-07-02T10:00:00.000Z';
const OVER = '2026-07-20T10:00:00.000Z';
const clock = clockAt(START);
const BASE = CONFIG.unsubscribe.base_url;
const TWO = [
  { name: 'A', subject: 'A {{ code }}' },
  { name: 'B', subject: 'B {{ code }}' },
];
const FIXED: ExperimentDesign = {
  ...defaultDesign('clicks'),
  ...{ mode: 'fixed', baseline: 0.2, difference: 0.3, per_variant: 30 },
};

const read = async (database: Database, now = LATER) =>
  readExperiment(database.queries, await getCampaign(database.queries, 'launch'), {
    now,
    unsubscribeBase: BASE,
  });

const decide = (database: Database, now: string, dryRun = false) =>
  decideExperiment('launch', { database, clock: clockAt(now), run: RUN, dryRun, unsubscribeBase: BASE });

/** Everything is sent at the start. */
async function finish(database: Database): Promise<void> {
  await database.queries.updateTable('deliveries').set({ status: 'accepted', sent_at: START }).execute();
  await finishCampaign(database.queries, (await getCampaign(database.queries, 'launch')).id, START);
}

describeEngines('an experiment', (open) => {
  async function prepare(
    people: number,
    more: Parameters<typeof createTestCampaign>[2] = {},
  ): Promise<Database> {
    const database = await open();
    await createAudience(database, people, clock);
    const experiment = defaultDesign('clicks');
    await createTestCampaign(database, 'launch', { variants: TWO, experiment, ...more }, clock);
    return database;
  }

  it('compares customers as they were assigned, by clicks that people made on what was offered', async () => {
    const database = await prepare(200);
    await freeze(database, 'launch', clock);
    const [first, second, third, fourth] = await deliveriesOf(database, 'B');
    // Twice by the same person, by a machine's open, on the unsubscribe link, and before the start: one success.
    await addEvent(database, first?.id ?? 0, 'clicked');
    await addEvent(database, first?.id ?? 0, 'clicked', { at: OVER });
    await addEvent(database, second?.id ?? 0, 'opened', { machine_open: 1 });
    await addEvent(database, third?.id ?? 0, 'clicked', { url: `${BASE}/1-abc` });
    await addEvent(database, fourth?.id ?? 0, 'clicked', { at: '2026-06-30T00:00:00.000Z' });
    const { variants, winner, verdict, sample_ratio_p } = await read(database);
    expect(variants.map(({ succeeded }) => succeeded)).toEqual([0, 1]);
    // Nothing was mailed yet: everyone counts all the same.
    expect(variants.reduce((sum, { customers }) => sum + customers, 0)).toBe(200);
    expect([winner, verdict]).toEqual([null, 'too_early']);
    expect(sample_ratio_p).toBeGreaterThan(0.001);
  });

  it('that is always valid gives its winner when it is clear, and writes it down once', async () => {
    const database = await prepare(200);
    await freeze(database, 'launch', clock);
    await click(database, { A: 0.05, B: 0.6 });
    expect(await read(database)).toMatchObject({ winner: 'B', verdict: 'winner', decided_at: null });
    expect(await decide(database, LATER, true)).toMatchObject({ winner: 'B' });
    expect(await read(database)).toMatchObject({ decided_at: null });
    expect(await decide(database, LATER)).toMatchObject({ winner: 'B', decided_at: LATER });
    await click(database, { A: 1 }).catch(() => undefined);
    expect(await decide(database, OVER)).toMatchObject({ winner: 'B', decided_at: LATER });
    const decisions = await database.queries.selectFrom('experiment_decisions').selectAll().execute();
    expect(decisions).toMatchObject([
      { verdict: 'winner', winner: 'B', decided_at: LATER, operator: 'tester' },
    ]);
  });

  it('of a fixed horizon says nothing before it, and decides nothing', async () => {
    const database = await prepare(200, { experiment: FIXED });
    await freeze(database, 'launch', clock);
    await click(database, { A: 0, B: 0.9 });
    await finish(database);
    expect(await decide(database, LATER)).toMatchObject({
      ...{ winner: null, verdict: 'too_early', comparisons: [], decided_at: null },
    });
    expect(await decide(database, OVER)).toMatchObject({
      winner: 'B',
      closes_at: '2026-07-15T10:00:00.000Z',
    });
  });

  it('counts nothing that came after its end', async () => {
    const database = await prepare(200, { experiment: FIXED });
    await freeze(database, 'launch', clock);
    await finish(database);
    for (const { id } of await deliveriesOf(database, 'B'))
      await addEvent(database, id, 'clicked', { at: '2026-07-15T10:00:00.000Z' });
    expect(await read(database, OVER)).toMatchObject({ winner: null, verdict: 'no_winner' });
  });

  it('is blocked when somebody changed its design, or lost a part of a group', async () => {
    const database = await prepare(200);
    await freeze(database, 'launch', clock);
    await click(database, { A: 0.05, B: 0.6 });
    const campaign = await getCampaign(database.queries, 'launch');
    const changed = JSON.stringify({ ...campaign.experiment, metric: 'conversions' });
    await database.queries.updateTable('campaigns').set({ experiment: changed }).execute();
    expect(await read(database)).toMatchObject({ verdict: 'blocked', winner: null });
    await database.queries
      .updateTable('campaigns')
      .set({ experiment: JSON.stringify(campaign.experiment) })
      .execute();
    const lost = (await deliveriesOf(database, 'A')).slice(0, 50).map(({ id }) => id);
    await database.queries.deleteFrom('events').where('delivery_id', 'in', lost).execute();
    await database.queries.deleteFrom('deliveries').where('id', 'in', lost).execute();
    const { verdict, winner, sample_ratio_p } = await decide(database, LATER);
    expect([verdict, winner]).toEqual(['blocked', null]);
    expect(sample_ratio_p).toBeLessThan(0.001);
  });

  it('without a design, or without variants, has no winner', async () => {
    const database = await prepare(20, { experiment: null });
    await freeze(database, 'launch', clock);
    expect(await read(database)).toMatchObject({ winner: null, verdict: 'none', design: null });
    await createTestCampaign(database, 'single', {}, clock);
    const single = await getCampaign(database.queries, 'single');
    expect(
      await readExperiment(database.queries, single, { now: LATER, unsubscribeBase: BASE }),
    ).toMatchObject({
      ...{ winner: null, verdict: 'none', sample_ratio_p: 1, holdout: null },
    });
  });

  it('warns in the plan when there are too few customers for the size that was planned', async () => {
    const look = async (per_variant: number) => {
      const database = await prepare(40, { experiment: { ...FIXED, per_variant } });
      const campaign = await getCampaign(database.queries, 'launch');
      const { checks } = await planCampaign(database.queries, campaign, {
        ...{ clock, config: CONFIG, keyring: KEYRING },
      });
      return checks.find(({ name }) => name === 'experiment')?.result;
    };
    expect([await look(20), await look(21)]).toEqual(['passed', 'warned']);
  });

  it('binds its design and its hold-out into the digest of the plan', async () => {
    const database = await prepare(40);
    const digests = new Set<string>();
    const plan = async (slug: string) =>
      planCampaign(database.queries, await getCampaign(database.queries, slug), {
        ...{ clock, config: CONFIG, keyring: KEYRING },
      });
    digests.add((await plan('launch')).digest);
    const others = [
      { experiment: defaultDesign('conversions') },
      { holdoutShare: 500 },
      { holdoutShare: 600 },
      { allocation: 'bandit' as const },
      { sendBest: true },
    ];
    for (const more of others) {
      await database.queries.deleteFrom('campaigns').execute();
      const experiment = defaultDesign('clicks');
      await createTestCampaign(database, 'launch', { variants: TWO, experiment, ...more }, clock);
      digests.add((await plan('launch')).digest);
    }
    expect(digests.size).toBe(6);
  });

  it('holds out the same people on every engine, mails none of them, and measures what the campaign brought', async () => {
    const database = await prepare(400, {
      variants: [{ name: 'default', subject: null }],
      holdoutShare: 2_500,
    });
    // Two who share a mailbox: where the first is held out, so is the mailbox.
    const people = Array.from({ length: 400 }, (_, index) => `C-${String(index + 1).padStart(7, '0')}`);
    const heldOut = people.flatMap((customer, index) =>
      isHeldOut('launch', customer, 2_500) ? [index + 1] : [],
    );
    const first = heldOut[0] ?? 0;
    const twin = Array.from({ length: 400 }, (_, index) => index + 1).find(
      (ref) => ref > first && !heldOut.includes(ref),
    );
    await database.queries
      .updateTable('customers')
      .set({ email: `c${first}@people.test`, address_key: `c${first}@people.test` })
      .where('id', '=', twin ?? 0)
      .execute();
    await freeze(database, 'launch', clock);
    const kept = await database.queries
      .selectFrom('holdouts')
      .select('customer_ref')
      .orderBy('customer_ref')
      .execute();
    expect(kept.map(({ customer_ref }) => customer_ref)).toEqual(heldOut);
    const mailed = (await deliveriesOf(database)).map(({ customer_ref }) => customer_ref);
    expect(mailed).toHaveLength(399 - heldOut.length);
    expect(mailed.filter((ref) => heldOut.includes(ref) || ref === twin)).toEqual([]);
    for (const ref of mailed.slice(0, 90)) await addConversion(database, ref, 10_000);
    for (const ref of heldOut.slice(0, 5)) await addConversion(database, ref, 10_000);
    const { holdout, winner } = await read(database);
    expect(winner).toBeNull();
    expect(holdout).toMatchObject({
      held_out: { customers: heldOut.length, converted: 5 },
      mailed: { customers: mailed.length, converted: 90 },
    });
    const expected = 90 - (5 * mailed.length) / heldOut.length;
    expect(holdout?.extra_conversions?.[1]).toBeCloseTo(expected, 0);
    expect(Number(holdout?.money['EUR']?.earned)).toBeCloseTo(expected * 100, -1);
    expect(Number(holdout?.money['EUR']?.low)).toBeGreaterThan(0);
    expect(holdout?.low).toBeGreaterThan(0);
  });

  it('draws variants while sending, each delivery once, and mails better ones more', async () => {
    const database = await prepare(400, { allocation: 'bandit' });
    const { variants, recipients } = await planCampaign(
      database.queries,
      await getCampaign(database.queries, 'launch'),
      { clock, config: CONFIG, keyring: KEYRING },
    );
    expect([variants, recipients]).toEqual([
      [
        { name: 'A', recipients: null },
        { name: 'B', recipients: null },
      ],
      400,
    ]);
    await freeze(database, 'launch', clock);
    expect(new Set((await deliveriesOf(database)).map(({ variant }) => variant))).toEqual(new Set(['']));
    const transport = takingTransport();
    await send(database, 'launch', transport, { limit: 100 }, { clock });
    const drawn = (await deliveriesOf(database)).filter(({ variant }) => variant !== '');
    expect(drawn).toHaveLength(100);
    for (const { id, variant, propensity } of drawn) {
      expect(propensity).toBe(0.5);
      expect(transport.variants.get(id)).toBe(variant);
    }
    await click(database, { B: 0.8 });
    // Two at once: no delivery is drawn twice.
    await Promise.all([1, 2].map(() => send(database, 'launch', transport, {}, { clock: clockAt(LATER) })));
    expect(transport.handed).toBe(400);
    const all = await deliveriesOf(database);
    const later = all.filter(({ id }) => !drawn.some((one) => one.id === id));
    expect(all.filter(({ id, variant }) => transport.variants.get(id) === variant)).toHaveLength(400);
    expect(later.filter(({ variant }) => variant === 'B').length).toBeGreaterThan(280);
    for (const { variant, propensity } of later)
      expect(propensity).toBeCloseTo(variant === 'B' ? 0.99 : 0.01, 3);
    const figures = await read(database);
    expect(figures).toMatchObject({ allocation: 'bandit', winner: null, verdict: 'none' });
    expect(figures.reason).toContain('optimises');
    expect(figures.variants[0]).toHaveProperty('weighted_rate');
  });
});
