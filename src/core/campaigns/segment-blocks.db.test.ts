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
import { clockAt } from '../clock.ts';
import { forgetPeople } from '../customers/forget-people.ts';
import type { Database } from '../database/database.ts';
import type { Transport } from '../delivery/transport.ts';
import { saveSegment } from '../segments/save-segment.ts';
import { scoreSegments } from '../segments/score-segments.ts';
import { saveTemplate } from '../templates/find-template.ts';
import { joinSlotText } from '../templates/message-program.ts';
import { diffPlans } from './diff-plans.ts';
import { getCampaign } from './get-campaign.ts';
import { planCampaign } from './plan-campaign.ts';
import { createPlanPeople, type PlanPerson } from './plan-people.ts';

const NOW = '2026-07-01T10:00:00.000Z';
const clock = clockAt(NOW);
const RECORDED = { clock, run: RUN, dryRun: false };

const mjmlOf = (body: string): string =>
  `<mjml><mj-body><mj-section><mj-column><mj-text>${body} {{ code }}</mj-text>
<mj-text>{{ postal_address }} <a href="{{ unsubscribe_link }}">Unsubscribe</a></mj-text></mj-column></mj-section></mj-body></mjml>`;

const BODY = `{% if segment == "power_user" %}Power{% elsif segments.lapsed %}Lapsed{% if scores.rebook > 0.5 %} Likely{% endif %}{% endif %}!`;
const SUBJECT =
  '{% unless rfm == "rfm_hibernating" %}Hello{% endunless %} {{ scores.rebook | default: "none" }}';

/** Keeps what it is given: subject and text by address. */
function keepingTransport(): Transport & { readonly mails: Map<string, string> } {
  const mails = new Map<string, string>();
  return {
    mails,
    name: 'outbox',
    target: 'memory',
    async deliver({ program }, batch) {
      for (const { email, filled } of batch)
        mails.set(
          email,
          `${joinSlotText(program.subject, filled)} ${joinSlotText(program.text, filled)}`.split('!')[0] ??
            '',
        );
      return { outcomes: batch.map(() => ({ kind: 'accepted' as const, messageId: 'm' })) };
    },
    async close() {},
  };
}

describeEngines('blocks that are chosen by segments and scores', (open) => {
  async function prepare({ subject = SUBJECT, body = BODY } = {}): Promise<Database> {
    const database = await open();
    await createAudience(database, 6, clock);
    const document = { name: 'blocks', description: '', preheader: 'Share it', sample: {} };
    await database.transaction((trx) =>
      saveTemplate(trx, clock, { ...document, subject, mjml: mjmlOf(body) }),
    );
    await createTestCampaign(database, 'launch', { template: 'blocks' }, clock);
    return database;
  }

  const plan = async (database: Database, onPerson?: Parameters<typeof planCampaign>[3]) => {
    const dependencies = { clock, config: CONFIG, keyring: KEYRING };
    return planCampaign(
      database.queries,
      await getCampaign(database.queries, 'launch'),
      dependencies,
      onPerson,
    );
  };

  const people = async (database: Database): Promise<PlanPerson[]> => {
    const list = createPlanPeople(KEYRING);
    await plan(database, { onPerson: (id, outcome) => list.add(id, outcome) });
    return [...list.list()];
  };

  const change = (database: Database, ids: readonly number[], values: Readonly<Record<string, unknown>>) =>
    database.queries.updateTable('customers').set(values).where('id', 'in', ids).execute();

  const score = (database: Database) => scoreSegments(database, RECORDED);

  /** A version of a model called `rebook`, promoted, which gives these scores. */
  async function predict(
    database: Database,
    scores: Readonly<Record<number, number>>,
    { version = 1, promoted = true } = {},
  ): Promise<void> {
    const { queries } = database;
    const { id } = await queries
      .insertInto('models')
      .values({
        ...{ name: 'rebook', version, source: 'customers', target: 'booking', document: '{}', sha256: 'x' },
        ...{ figures: '{}', seed: 1, rows: 10, data_sha256: 'x', backend: 'cpu', libraries: '{}' },
        ...{ beats_baseline: 1, created_at: NOW, run_id: null },
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const promotion = { action: 'promoted', forced: 0, operator: 'anna', promoted_at: NOW } as const;
    if (promoted)
      await queries
        .insertInto('model_promotions')
        .values({ model_id: id, ...promotion })
        .execute();
    for (const [customer, one] of Object.entries(scores))
      await queries
        .insertInto('predictions')
        .values({
          ...{ model_id: id, customer_ref: Number(customer), score: one, segment: 'x', scored_at: NOW },
        })
        .execute();
  }

  /** 1 is a power user, 2 to 4 have lapsed, of whom 2 is likely to book again; nothing is known of 6. */
  async function prepareScored(): Promise<Database> {
    const database = await prepare();
    await change(database, [1], {
      last_active_at: NOW,
      joined_at: '2020-01-01T00:00:00.000Z',
      total_bookings: 40,
    });
    await change(database, [2, 3, 4], { tier: 'gold' });
    const saved = { name: 'lapsed', where: ['tier = gold'], timezone: 'UTC', ...RECORDED };
    await saveSegment(database, saved);
    await score(database);
    await predict(database, { 1: 0.9, 2: 0.8, 3: 0.2, 4: 0.5, 5: 0.123456789 });
    return database;
  }

  it('are counted in the plan, which names who is chosen by what, the same on every engine', async () => {
    const database = await prepareScored();
    const { blocks, checks, digest, recipients } = await plan(database);
    expect(recipients).toBe(6);
    expect(blocks).toEqual([
      {
        block: '{% unless rfm == "rfm_hibernating" %}',
        choices: [
          { when: 'unless rfm == "rfm_hibernating"', recipients: 5 },
          { when: 'else', recipients: 1 },
        ],
      },
      {
        block: '{% if segment == "power_user" %}',
        choices: [
          { when: 'segment == "power_user"', recipients: 1 },
          { when: 'segments.lapsed', recipients: 3 },
          { when: 'else', recipients: 2 },
        ],
      },
      {
        // Only for those who come to it.
        block: '{% if scores.rebook > 0.5 %}',
        choices: [
          { when: 'scores.rebook > 0.5', recipients: 1 },
          { when: 'else', recipients: 2 },
        ],
      },
    ]);
    expect(checks.find(({ name }) => name === 'segments')).toMatchObject({
      result: 'warned',
      message: '1 recipient has no score of rebook; no condition on it is met for them',
    });
    expect((await people(database)).map(({ chosen_by }) => chosen_by)).toEqual([
      'rfm = rfm_hibernating, scores.rebook = 0.9, segment = power_user',
      'scores.rebook = 0.8, segment = inactive_user, segments.lapsed',
      'scores.rebook = 0.2, segment = inactive_user, segments.lapsed',
      'scores.rebook = 0.5, segment = inactive_user, segments.lapsed',
      'scores.rebook = 0.123457, segment = inactive_user',
      'segment = inactive_user',
    ]);
    expect(digest).toBe('8894a309fc01de33d64169dcfe8826c43dc879862d24da3c89a8db089a088cf1');
  });

  it('are sent as they were planned, whatever is scored afterwards', async () => {
    const database = await prepareScored();
    await freeze(database, 'launch', clock);
    await change(database, [1, 2], { last_active_at: null, joined_at: null, tier: 'none' });
    await change(database, [5], { tier: 'gold' });
    await score(database);
    await predict(database, { 1: 0.1, 2: 0.1, 3: 0.9, 4: 0.9, 5: 0.9, 6: 0.9 }, { version: 2 });
    const transport = keepingTransport();
    await send(database, 'launch', transport, {}, { clock });
    expect(Object.fromEntries(transport.mails)).toEqual({
      'c1@people.test': ' 0.9 Power',
      'c2@people.test': 'Hello 0.8 Lapsed Likely',
      'c3@people.test': 'Hello 0.2 Lapsed',
      'c4@people.test': 'Hello 0.5 Lapsed',
      'c5@people.test': 'Hello 0.123457 ',
      'c6@people.test': 'Hello none ',
    });
  });

  it('are bound by the digest, and a difference is told by name', async () => {
    const database = await prepareScored();
    const [before, older] = [await plan(database), await people(database)];
    await change(database, [4], { tier: 'none' });
    expect((await plan(database)).digest).toBe(before.digest);
    await score(database);
    const now = await plan(database);
    expect(now.digest).not.toBe(before.digest);
    const head = { ...before, basis: {} };
    async function* each(): AsyncGenerator<PlanPerson> {
      yield* older;
    }
    const reader = { people: each(), head: () => head };
    const { list } = await diffPlans(reader, { ...now, basis: {} }, await people(database));
    expect([...list()]).toEqual([
      {
        ...{ customer_id: 'C-0000004', change: 'changed', before: 'default', now: 'default' },
        why: 'other segments or scores',
      },
    ]);
  });

  it('are counted in all wordings while a bandit has not drawn', async () => {
    const database = await prepareScored();
    const variants = [
      { name: 'A', subject: null },
      { name: 'B', subject: '{% if segments.lapsed %}We miss you{% else %}Hi{% endif %}' },
    ];
    const more = { template: 'blocks', variants, allocation: 'bandit' as const };
    await createTestCampaign(database, 'draw', more, clock);
    const campaign = await getCampaign(database.queries, 'draw');
    const { blocks } = await planCampaign(database.queries, campaign, {
      ...{ clock, config: CONFIG, keyring: KEYRING },
    });
    expect(blocks.map(({ block, choices }) => [block, ...choices.map((one) => one.recipients)])).toEqual([
      ['{% unless rfm == "rfm_hibernating" %}', 5, 1],
      ['{% if segment == "power_user" %}', 1, 3, 2],
      ['{% if scores.rebook > 0.5 %}', 1, 2],
      ['{% if segments.lapsed %}', 3, 3],
    ]);
  });

  it('are refused while what they ask for is not there', async () => {
    const database = await prepare();
    const looked = async () => {
      const { result, message, fix } =
        (await plan(database)).checks.find(({ name }) => name === 'segments') ?? {};
      return [result, message, fix];
    };
    const asks = 'the template asks for';
    expect(await looked()).toEqual([
      'refused',
      `${asks} rfm, and nobody was scored`,
      'Score everyone: referral segments score',
    ]);
    await score(database);
    expect(await looked()).toEqual([
      'refused',
      `${asks} segments.lapsed, which is no segment`,
      'Save it: referral segments save lapsed --where "…"; then: referral segments score',
    ]);
    const saved = { name: 'lapse', where: ['tier = gold'], timezone: 'UTC', ...RECORDED };
    await saveSegment(database, saved);
    expect((await looked())[2]).toBe('Did you mean "lapse"?');
    await saveSegment(database, { ...saved, name: 'lapsed' });
    expect((await looked())[1]).toBe(`${asks} scores.rebook, which is no model`);
    await predict(database, {}, { promoted: false });
    expect((await looked())[1]).toBe(`${asks} scores.rebook, of which no version was promoted`);
    await predict(database, {}, { version: 2 });
    expect(await looked()).toEqual([
      'refused',
      `${asks} scores.rebook, and its promoted version has scored nobody`,
      'Score everyone: referral segments score --model rebook',
    ]);
    await predict(database, { 1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 1 }, { version: 3 });
    expect((await looked())[0]).toBe('passed');
    await expect(freeze(database, 'launch', clock)).resolves.toBeUndefined();
  });

  it('leave nothing of an erased customer in the deliveries', async () => {
    const database = await prepareScored();
    await freeze(database, 'launch', clock);
    const chosen = () =>
      database.queries
        .selectFrom('deliveries')
        .innerJoin('customers', 'customers.id', 'deliveries.customer_ref')
        .select(['customer_id', 'chosen_by'])
        .orderBy('customer_id')
        .limit(1)
        .executeTakeFirst();
    expect((await chosen())?.chosen_by).toContain('power_user');
    await database.transaction((trx) => forgetPeople(trx, [1], NOW));
    expect(await chosen()).toMatchObject({ customer_id: 'C-0000001', chosen_by: null });
  });
});
