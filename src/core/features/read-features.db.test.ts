import { beforeAll, expect, test } from 'vitest';
import { addHistory } from '../../../test/customer-history.ts';
import { describeEngineUrls } from '../../../test/engines.ts';
import type { Database } from '../database/database.ts';
import { openDatabase } from '../database/open-database.ts';
import type { Instant } from '../time.ts';
import { FEATURES } from './feature-list.ts';
import { readFeatures } from './read-features.ts';

const AT = '2026-06-01T00:00:00.000Z';
const LATER = '2027-06-01T00:00:00.000Z';
const on = (day: string): Instant => `${day}T12:00:00.000Z`;

/** What these say of a customer as they are now, and no history is kept of. */
const AS_NOW = ['tier', 'country', 'language'];

type Table = ReadonlyMap<string, Readonly<Record<string, string>>>;

async function read(database: Database, at: Instant): Promise<Table> {
  return database.snapshot(async (snapshot) => {
    const { columns, rows } = await readFeatures(snapshot, at);
    const table = new Map<string, Record<string, string>>();
    for await (const { customer_id, cells } of rows)
      table.set(
        customer_id,
        Object.fromEntries(columns.map((name, index) => [name, String(cells[index] ?? '')])),
      );
    return table;
  });
}

async function addPast(database: Database): Promise<void> {
  await addHistory(database, {
    customers: [
      {
        ...{ id: 1, tier: 'gold', country: 'PT', locale: 'pt-BR', joined_at: on('2024-06-01') },
        attributes: { age: '44', city: 'Porto' },
      },
      { id: 2, joined_at: on('2026-05-22') },
      { id: 3, attributes: { age: '20' } },
    ],
    contests: [
      { id: 1, starts_at: on('2026-01-01'), ends_at: on('2026-07-01') },
      { id: 2, starts_at: on('2026-08-01'), ends_at: on('2026-09-01') },
    ],
    campaigns: [
      { id: 1, started_at: on('2026-02-01') },
      { id: 2, started_at: on('2026-05-01') },
      { id: 3, started_at: on('2026-09-01') },
      { id: 4, started_at: on('2026-10-01') },
    ],
    participants: [{ contest: 1, customer: 1, enrolled_at: on('2026-01-02') }],
    bookings: [
      {
        customer: 1,
        reference: 'a',
        booked_at: on('2024-07-01'),
        completed_at: on('2024-08-01'),
        amount_minor: 20_050,
      },
      { customer: 1, reference: 'b', booked_at: on('2026-03-01'), cancelled_at: on('2026-03-02') },
      { customer: 1, reference: 'dollars', booked_at: on('2026-03-03'), currency: 'USD', amount_minor: 7 },
      // Completed and cancelled later than the time that is looked from.
      { customer: 1, reference: 'c', booked_at: on('2026-05-02'), completed_at: on('2026-08-01') },
      { customer: 1, reference: 'd', booked_at: on('2026-05-03'), cancelled_at: on('2026-08-01') },
      { customer: 2, reference: 'friend', booked_at: on('2026-05-25'), completed_at: on('2026-05-28') },
    ],
    mails: [
      { id: 1, campaign: 1, customer: 1, sent_at: on('2026-02-01') },
      { id: 2, campaign: 2, customer: 1, sent_at: on('2026-05-01') },
      { id: 3, campaign: 2, customer: 2, sent_at: on('2026-05-01'), refused: true },
    ],
    events: [
      { mail: 1, type: 'opened', at: on('2026-02-02') },
      { mail: 1, type: 'opened', at: on('2026-02-02'), machine: true },
      { mail: 1, type: 'clicked', at: '2026-02-01T18:00:00.000Z' },
      { mail: 2, type: 'clicked', at: on('2026-05-02') },
      { mail: 2, type: 'clicked', at: '2026-05-04T12:00:00.900Z' },
      { mail: 2, type: 'delivered', at: on('2026-05-01') },
    ],
    referrals: [{ contest: 1, referrer: 1, reference: 'friend' }],
  });
}

/** A row of every kind after the time that is looked from. */
async function addFuture(database: Database): Promise<void> {
  await addHistory(database, {
    customers: [{ id: 4, joined_at: on('2026-12-01') }],
    participants: [
      { contest: 2, customer: 1, enrolled_at: on('2026-08-02') },
      { contest: 2, customer: 3, enrolled_at: on('2026-08-02') },
    ],
    bookings: [
      { customer: 1, reference: 'e', booked_at: on('2026-07-01'), completed_at: on('2026-07-02') },
      { customer: 1, reference: 'f', booked_at: on('2026-07-01'), cancelled_at: on('2026-07-02') },
      { customer: 3, reference: 'g', booked_at: on('2026-08-03'), completed_at: on('2026-08-04') },
    ],
    mails: [
      { id: 4, campaign: 3, customer: 1, sent_at: on('2026-09-01') },
      { id: 5, campaign: 3, customer: 3, sent_at: on('2026-09-01') },
      { id: 6, campaign: 4, customer: 1, sent_at: on('2026-10-01') },
    ],
    events: [
      // Later events of an earlier mail, and of a later one.
      { mail: 1, type: 'clicked', at: on('2027-01-01') },
      { mail: 1, type: 'opened', at: on('2027-01-01') },
      { mail: 4, type: 'clicked', at: on('2027-05-20') },
      { mail: 5, type: 'opened', at: on('2026-09-01') },
    ],
    referrals: [{ contest: 2, referrer: 1, reference: 'g' }],
  });
}

describeEngineUrls('features of customers', (createUrl) => {
  let before: Table;
  let after: Table;
  let later: Table;

  // Shared by the tests, which only compare: closed before the first of them begins.
  beforeAll(async () => {
    const database = await openDatabase({ url: await createUrl() });
    await addPast(database);
    before = await read(database, AT);
    await addFuture(database);
    after = await read(database, AT);
    later = await read(database, LATER);
    await database.close();
  });

  test.each(FEATURES.map(({ name }) => name))('future rows do not change %s', (name) => {
    for (const [customer, row] of before) expect(after.get(customer)?.[name]).toBe(row[name]);
    if (AS_NOW.includes(name)) return;
    expect(after.get('C-4')?.[name]).toBe(before.get('C-3')?.[name]);
    // They are rows of the kinds that this feature is made of: later they change it.
    expect(later.get('C-1')?.[name]).not.toBe(before.get('C-1')?.[name]);
  });

  test('are what the rows say, counted by hand', () => {
    expect(before.get('C-1')).toEqual({
      ...{ tier: 'gold', country: 'PT', language: 'pt', tenure_days: '729', days_since_active: '6' },
      ...{ days_since_booking: '28', bookings: '5', bookings_365d: '4', spend: '500.5' },
      ...{ completed_bookings: '1', cancellations: '1', mails: '2', mails_90d: '1', days_since_mail: '30' },
      ...{ clicks: '3', clicks_90d: '2', click_share: '1', days_since_click: '27' },
      hours_to_click: String((6 + 24 + 72) / 3),
      ...{ opens: '1', contests: '1', referrals: '1', referrals_converted: '1', days_since_referral: '6' },
      ...{ 'attributes.age': '44', 'attributes.city': 'Porto' },
    });
    expect(before.get('C-3')).toEqual({
      ...Object.fromEntries(FEATURES.map(({ name }) => [name, ''])),
      ...{ bookings: '0', bookings_365d: '0', spend: '0', completed_bookings: '0', cancellations: '0' },
      ...{ mails: '0', mails_90d: '0', clicks: '0', clicks_90d: '0', opens: '0', contests: '0' },
      ...{ referrals: '0', referrals_converted: '0', 'attributes.age': '20', 'attributes.city': '' },
    });
  });

  test('count money in hundredths, also in a currency of three decimals', async () => {
    const database = await openDatabase({ url: await createUrl() });
    await addHistory(database, {
      customers: [{ id: 1 }, { id: 2 }],
      bookings: [
        { customer: 1, reference: 'a', booked_at: on('2026-03-01'), currency: 'KWD', amount_minor: 1_999 },
        { customer: 1, reference: 'b', booked_at: on('2026-03-02'), currency: 'KWD', amount_minor: 20_000 },
        { customer: 2, reference: 'c', booked_at: on('2026-03-02'), amount_minor: 1_999 },
      ],
    });
    const table = await read(database, AT);
    await database.close();
    expect([table.get('C-1')?.['spend'], table.get('C-2')?.['spend']]).toEqual(['21.99', '0']);
  });
});
