import { expect, it } from 'vitest';
import { CONTEST, createContestFixture, NOW } from '../../../test/contest-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import { getContest } from '../contests/get-contest.ts';
import type { Database } from '../database/database.ts';
import { configSchema } from '../settings/config.ts';
import { createKeyring } from '../settings/keyring.ts';
import { readUnsubscribeToken } from '../suppressions/unsubscribe-token.ts';
import { getCustomerValues } from './customer-values.ts';
import { loadRecipientValues } from './recipient-values.ts';
import type { Values } from './values.ts';
import { isVariable, variables } from './variables.ts';

const KEYRING = createKeyring(['a secret for tests']);
const CONFIG = configSchema.parse({
  links: { referral_url: 'https://travel.example/r/{code}?src=mail' },
  unsubscribe: { base_url: 'https://travel.example/stop/' },
  locale: 'nl',
});

async function refsOf(database: Database): Promise<Map<string, number>> {
  const rows = await database.queries.selectFrom('customers').select(['id', 'customer_id']).execute();
  return new Map(rows.map(({ id, customer_id }) => [customer_id, id]));
}

async function valuesOf(database: Database, customer: string, used?: readonly string[]): Promise<Values> {
  const refs = await refsOf(database);
  const values = await loadRecipientValues(database.queries, {
    contest: await getContest(database.queries, CONTEST),
    campaign: 'june',
    customerRefs: [...refs.values()],
    config: CONFIG,
    keyring: KEYRING,
    ...(used === undefined ? {} : { variables: used }),
  });
  return values.get(refs.get(customer) ?? -1) ?? {};
}

describeEngines('the values of recipients', (open) => {
  it('hold the customer, the contest, the code and personal links', async () => {
    const database = await open();
    const { codes } = await createContestFixture(database);
    await database.queries
      .updateTable('customers')
      .set({
        first_name: 'Zoë',
        last_name: 'Ng',
        locale: 'de-AT',
        total_spend: 184_005,
        attributes: '{"city":"Łódź"}',
        joined_at: '2024-02-29T00:00:00.000Z',
      })
      .where('customer_id', '=', 'C-1')
      .execute();
    const code = codes.get('C-1') ?? '';
    const values = await valuesOf(database, 'C-1');
    expect(values).toMatchObject({
      ...{ customer_id: 'C-1', first_name: 'Zoë', name: 'Zoë Ng', email: 'c-1@example.org', locale: 'de-AT' },
      ...{ total_spend: '1840.05', joined_at: '2024-02-29T00:00:00.000Z', attributes: { city: 'Łódź' } },
      ...{ contest: CONTEST, contest_name: 'Summer', contest_timezone: 'Europe/Amsterdam', campaign: 'june' },
      ...{
        last_day: '2026-08-31T21:59:59.999Z',
        code,
        referral_link: `https://travel.example/r/${code}?src=mail`,
      },
      ...{ organisation: 'Example Travel', points: 0, referrals: 0, position: undefined },
    });
    expect(values['unsubscribe_link']).toMatch(/^https:\/\/travel\.example\/stop\/[\w-]+$/);
    expect(readUnsubscribeToken(KEYRING, String(values['unsubscribe_link']))).toBe(
      (await refsOf(database)).get('C-1'),
    );
    expect((await valuesOf(database, 'C-2'))['locale']).toBe('nl');
  });

  it('are all in the catalogue', async () => {
    const database = await open();
    await createContestFixture(database, {
      rules: { rewards: { prizes: [{ position: 1, type: 'money', amount: '1000.00', currency: 'EUR' }] } },
    });
    const names = Object.keys(await valuesOf(database, 'C-1')).filter((name) => name !== 'attributes');
    expect(names.filter((name) => !isVariable(name))).toEqual([]);
    const unset = ['reward', 'board'];
    const expected = variables.filter(({ about }) => !unset.includes(about)).map(({ name }) => name);
    expect(expected.filter((name) => !names.includes(name))).toEqual([]);
  });

  it('hold the standing and the board, of approved referrals', async () => {
    const database = await open();
    const { codes, importRows } = await createContestFixture(database, {
      people: { 'C-1': {}, 'C-2': {}, 'C-3': {} },
      rules: {
        rewards: { prizes: [{ position: 1, type: 'money', amount: '1000.00', currency: 'EUR' }] },
      },
    });
    await database.queries
      .updateTable('customers')
      .set({ first_name: 'Anna', last_name: 'de Vries' })
      .where('customer_id', '=', 'C-2')
      .execute();
    const row = (reference: string, customer: string): string[] => [
      ...[
        reference,
        `friend-${reference}@example.net`,
        codes.get(customer) ?? '',
        '250.00',
        'EUR',
        'completed',
      ],
      ...['2026-06-10', '2026-06-20'],
    ];
    await importRows([
      ['booking_reference', 'email', 'code', 'amount', 'currency', 'status', 'booked_at', 'completed_at'],
      ...[row('B1', 'C-2'), row('B2', 'C-2'), row('B3', 'C-1')],
    ]);
    const values = await valuesOf(database, 'C-2');
    expect(values).toMatchObject({ position: 1, referrals: 2, leader_1: 'Anna D.', leader_2: 'Participant' });
    expect(String(values['leader_1_prize'])).toMatch(/^€\s1\.000,00$/);
    expect((await valuesOf(database, 'C-1'))['position']).toBe(2);
    expect((await valuesOf(database, 'C-1', ['code']))['position']).toBeUndefined();
  });

  it('hold the latest standing reward and badge', async () => {
    const database = await open();
    await createContestFixture(database);
    const ref = (await refsOf(database)).get('C-1') ?? -1;
    const { id: contest_id } = await getContest(database.queries, CONTEST);
    const reward = (rule: string, rest: object) => ({
      ...{ contest_id, customer_ref: ref, side: 'milestone' as const, rule, type: 'money' as const },
      ...{ referral_id: null, idempotency_key: rule, amount_minor: null, currency: null, days: null },
      ...{ points: null, badge: null, status: 'available' as const, created_at: NOW, due_at: null },
      ...{ expires_at: null, claimed_at: null, paid_at: null, updated_at: NOW, ...rest },
    });
    for (const row of [
      reward('one', { amount_minor: 1_000, currency: 'EUR', created_at: '2026-09-01T00:00:00.000Z' }),
      reward('two', {
        amount_minor: 2_550,
        currency: 'EUR',
        created_at: '2026-09-02T00:00:00.000Z',
        status: 'held',
        due_at: NOW,
      }),
      reward('badge', { type: 'badge', badge: 'Referral Master', created_at: '2026-09-01T00:00:00.000Z' }),
      reward('gone', {
        amount_minor: 9_900,
        currency: 'EUR',
        created_at: '2026-09-03T00:00:00.000Z',
        status: 'reversed',
      }),
    ]) {
      await database.queries.insertInto('rewards').values(row).execute();
    }
    expect(await valuesOf(database, 'C-1')).toMatchObject({
      ...{ reward_type: 'money', reward_amount: '25.50', reward_currency: 'EUR', reward_status: 'held' },
      ...{ reward_due_at: NOW, badge: 'Referral Master' },
    });
    expect((await valuesOf(database, 'C-2'))['reward_type']).toBeUndefined();
  });

  it('are found for one customer by id or address, in the contest that they joined', async () => {
    const database = await open();
    const { codes } = await createContestFixture(database);
    const options = { config: CONFIG, keyring: KEYRING, variables: ['code', 'contest'] };
    for (const customer of ['C-1', 'c-1@example.org']) {
      expect(
        await getCustomerValues(database.queries, { ...options, customer, contest: CONTEST }),
      ).toMatchObject({ code: codes.get('C-1') });
    }
    await expect(
      getCustomerValues(database.queries, { ...options, customer: 'C-9', contest: CONTEST }),
    ).rejects.toMatchObject({ code: 'not_found' });
    await expect(getCustomerValues(database.queries, { ...options, customer: 'C-1' })).rejects.toMatchObject({
      code: 'not_found',
      hint: 'Say which one it is about: --contest SLUG',
    });
    const contest = await getContest(database.queries, CONTEST);
    const customer_ref = (await refsOf(database)).get('C-1') ?? -1;
    await database.queries
      .insertInto('participants')
      .values({ contest_id: contest.id, customer_ref, enrolled_at: NOW })
      .execute();
    expect(await getCustomerValues(database.queries, { ...options, customer: 'C-1' })).toMatchObject({
      contest: CONTEST,
    });
  });
});
