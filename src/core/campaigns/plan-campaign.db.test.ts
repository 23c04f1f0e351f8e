import { expect, it } from 'vitest';
import {
  CONFIG,
  createAudience,
  createTestCampaign,
  freeze,
  KEYRING,
  RUN,
} from '../../../test/campaign-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import { clockAt, systemClock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { setSettings } from '../settings/change-setting.ts';
import { suppressAddresses } from '../suppressions/suppress-addresses.ts';
import { changeCampaign, type ReviewedAction } from './change-campaign.ts';
import { getCampaign } from './get-campaign.ts';
import { type PlanDependencies, type PlanObserver, planCampaign } from './plan-campaign.ts';

const clock = clockAt('2026-07-01T10:00:00.000Z');

describeEngines('the plan of a campaign', (open) => {
  async function prepare(more: Parameters<typeof createTestCampaign>[2] = {}): Promise<Database> {
    const database = await open();
    await createAudience(database, 12, clock);
    await createTestCampaign(database, 'launch', more, clock);
    return database;
  }

  const plan = async (
    database: Database,
    slug = 'launch',
    observer: PlanObserver = {},
    onProgress?: PlanDependencies['onProgress'],
  ) =>
    planCampaign(
      database.queries,
      await getCampaign(database.queries, slug),
      { clock, config: CONFIG, keyring: KEYRING, onProgress },
      observer,
    );

  const change = (database: Database, customer: number, values: Readonly<Record<string, unknown>>) =>
    database.queries
      .updateTable('customers')
      .set(values)
      .where('customer_id', '=', `C-${String(customer).padStart(7, '0')}`)
      .execute();

  const step = (database: Database, action: ReviewedAction, operator: string) =>
    changeCampaign('launch', action, null, {
      ...{ database, clock, config: CONFIG, keyring: KEYRING, dryRun: false },
      run: { id: null, operator },
    });

  it('goes on from page to page, and freezes whom it planned', async () => {
    const people = 1_250;
    const database = await open();
    await createAudience(database, people, clock);
    await createTestCampaign(database, 'launch', {}, clock);
    await change(database, 250, { consent: 'withdrawn' });
    await change(database, 1_000, { consent: 'withdrawn' });
    const seen: string[] = [];
    const steps: (number | undefined)[][] = [];
    const { audience, recipients } = await plan(
      database,
      'launch',
      { onPerson: (customerId) => void seen.push(customerId) },
      (decided, all) => void steps.push([decided, all]),
    );
    expect(steps.length).toBeGreaterThan(1);
    expect(steps.at(-1)).toEqual([people, people]);
    expect({ audience, recipients }).toEqual({ audience: people, recipients: people - 2 });
    expect(seen).toEqual(Array.from({ length: people }, (_, at) => `C-${String(at + 1).padStart(7, '0')}`));
    await freeze(database, 'launch', clock);
    const frozen = await database.queries.selectFrom('deliveries').select('email').orderBy('id').execute();
    expect(new Set(frozen.map(({ email }) => email)).size).toBe(people - 2);
    expect(frozen).toHaveLength(people - 2);
  });

  it('decides about everyone once, by the first reason that holds', async () => {
    const database = await prepare();
    const address = (number: number) => `c${number}@people.test`;
    await change(database, 1, { consent: 'unknown' });
    await change(database, 2, { consent: 'withdrawn' });
    await database.transaction((trx) =>
      suppressAddresses(trx, { keyring: KEYRING, clock, run: RUN }, [
        { address_key: address(2), reason: 'unsubscribed', source: 'test' },
      ]),
    );
    await change(database, 3, { consent: 'withdrawn' });
    await change(database, 4, {
      email: null,
      address_key: null,
      erased_at: clock.now(),
      consent: 'withdrawn',
    });
    await change(database, 5, { email: null, address_key: null });
    await change(database, 7, { email: address(6), address_key: address(6) });
    await database.queries.deleteFrom('participants').where('customer_ref', '=', 8).execute();
    await database.queries.deleteFrom('codes').where('customer_ref', '=', 9).execute();
    const told: string[] = [];
    const result = await plan(database, 'launch', { onPerson: (customerId) => told.push(customerId) });
    expect(new Set(told).size).toBe(12);
    expect(result.excluded).toEqual({
      ...{ erased: 1, invalid_address: 1, suppressed: 1, withdrawn: 1, no_consent: 1 },
      ...{ not_participant: 1, duplicate_address: 1, missing_value: 1 },
    });
    expect(result).toMatchObject({ audience: 12, recipients: 4 });
    expect(result.checks.find((check) => check.name === 'values')).toMatchObject({ ok: false });
  });

  it('mails the customer with the smallest id that can be mailed, of several with one mailbox', async () => {
    const database = await prepare();
    for (const customer of [1, 2, 3])
      await change(database, customer, { email: 'one@x.nl', address_key: 'one@x.nl' });
    await change(database, 1, { consent: 'unknown' });
    await freeze(database, 'launch', clock);
    const row = await database.queries
      .selectFrom('deliveries')
      .innerJoin('customers', 'customers.id', 'deliveries.customer_ref')
      .select('customers.customer_id')
      .where('deliveries.address_key', '=', 'one@x.nl')
      .execute();
    expect(row).toEqual([{ customer_id: 'C-0000002' }]);
  });

  it('keeps its digest while nothing changes, and does not depend on the order of rows or the engine', async () => {
    const database = await prepare({
      variants: [
        { name: 'a', subject: 'A {{ code }}' },
        { name: 'b', subject: null },
      ],
    });
    const { digest } = await plan(database);
    await database.queries
      .updateTable('customers')
      .set({ first_name: 'Other' })
      .where('id', '=', 1)
      .execute();
    expect((await plan(database)).digest).toBe(digest);
    expect(digest).toBe('4a7678bfbb6d079d3f9b4d904f5e6a6ae033a23368b3abbbf69b7122f9a4148e');
    await change(database, 5, { consent: 'withdrawn' });
    expect((await plan(database)).digest).not.toBe(digest);
  });

  it('takes only whom the conditions name', async () => {
    const database = await prepare({ where: ['customer_id <= C-0000003', 'consent = granted'], rate: 0.5 });
    expect(await plan(database)).toMatchObject({ audience: 3, recipients: 3, estimated_seconds: 6 });
  });

  it('warns of a rate for a class of domains that there is not', async () => {
    const database = await prepare();
    const looked = async () => (await plan(database)).checks.find((one) => one.name === 'domain_rates');
    expect(await looked()).toMatchObject({ result: 'passed' });
    const setting = { 'sending.domain_rates': { gmail: '10/s', gmial: '5/s' } };
    await setSettings({ database, clock, run: RUN, dryRun: false }, setting);
    expect(await looked()).toMatchObject({ result: 'warned', message: expect.stringContaining('gmial') });
  });

  it('needs a second person where approval is required, and sends only what was approved', async () => {
    const database = await prepare();
    await setSettings({ database, clock, run: RUN, dryRun: false }, { 'campaigns.require_approval': true });
    await expect(freeze(database, 'launch', clock)).rejects.toMatchObject({ code: 'state_forbids' });
    await expect(step(database, 'approve', 'anna')).rejects.toMatchObject({ code: 'state_forbids' });
    await step(database, 'submit', 'anna');
    await expect(step(database, 'approve', 'anna')).rejects.toMatchObject({
      reason: 'a second person has to approve it',
    });
    expect(await step(database, 'approve', 'maria')).toMatchObject({ status: 'approved', by: 'maria' });
    await change(database, 1, { consent: 'withdrawn' });
    await expect(freeze(database, 'launch', clock)).rejects.toMatchObject({ code: 'plan_changed' });
    await step(database, 'reject', 'maria');
    await step(database, 'submit', 'anna');
    await step(database, 'approve', 'maria');
    await freeze(database, 'launch', clock);
    expect((await getCampaign(database.queries, 'launch')).status).toBe('sending');
  });

  it('refuses a subject with an unknown slot when the campaign is created', async () => {
    const database = await prepare();
    const variants = [{ name: 'a', subject: 'Hi {{ frist_name }}' }];
    await expect(createTestCampaign(database, 'typo', { variants }, systemClock)).rejects.toMatchObject({
      code: 'input_unusable',
    });
    await expect(createTestCampaign(database, 'launch')).rejects.toMatchObject({ code: 'already_exists' });
    await expect(createTestCampaign(database, 'Not A Slug')).rejects.toMatchObject({ code: 'usage' });
    await expect(createTestCampaign(database, 'other', { contest: 'sumer' })).rejects.toMatchObject({
      code: 'not_found',
      hint: expect.stringContaining('summer'),
    });
  });
});
