import { expect, it } from 'vitest';
import { createAudience, createTestCampaign, freeze } from '../../../test/campaign-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import { clockAt } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { openBestTimes } from './open-best-times.ts';

// A Monday at noon.
const NOW = '2026-07-06T12:00:00.000Z';
const clock = clockAt('2026-06-01T10:00:00.000Z');
const OPTIONS = { from: NOW, until: '2027-01-01T00:00:00.000Z', timezone: 'UTC', hours: undefined };

describeEngines('the best hour of each customer', (open) => {
  async function prepare(people: number): Promise<Database> {
    const database = await open();
    await createAudience(database, people, clock);
    await createTestCampaign(database, 'before', {}, clock);
    await freeze(database, 'before', clock);
    return database;
  }

  async function click(database: Database, customer: number, times: readonly string[]): Promise<void> {
    const { id } = await database.queries
      .selectFrom('deliveries')
      .select('id')
      .where('customer_ref', '=', customer)
      .executeTakeFirstOrThrow();
    for (const [index, occurred_at] of times.entries()) {
      const row = { provider_event_id: `${customer}-${index}-${occurred_at}`, delivery_id: id, occurred_at };
      await database.queries
        .insertInto('events')
        .values({ ...row, type: 'clicked', machine_open: 0, imported_at: occurred_at })
        .execute();
    }
  }

  const live = (database: Database, customer: number, values: Readonly<Record<string, string>>) =>
    database.queries.updateTable('customers').set(values).where('id', '=', customer).execute();

  it('is their own after many clicks, that of people like them before, and at once where nobody has clicked', async () => {
    const database = await prepare(8);
    const nobody = await openBestTimes(database.queries, OPTIONS);
    expect(await nobody.find([1, 2])).toEqual(
      new Map([
        [1, NOW],
        [2, NOW],
      ]),
    );
    // Premium customers click on Wednesdays at seven in the evening where they live, one of them on Fridays at six.
    for (const customer of [1, 2, 3, 4]) await live(database, customer, { tier: 'premium' });
    await live(database, 4, { timezone: 'Asia/Kolkata' });
    await live(database, 6, { timezone: 'Nowhere/Atlantis' });
    const wednesdays = Array.from({ length: 40 }, (_, day) => `2026-06-10T19:${String(day + 10)}:00.000Z`);
    await click(database, 1, wednesdays);
    await click(database, 2, wednesdays);
    await click(
      database,
      3,
      Array.from({ length: 40 }, (_, day) => `2026-06-12T06:${String(day + 10)}:00.000Z`),
    );
    // Most clicks of all are somebody's on Mondays at ten, who is not like them.
    for (const minute of [10, 20, 30, 40, 50]) {
      const mondays = Array.from(
        { length: 60 },
        (_, day) => `2026-06-08T10:${minute}:${String(day).padStart(2, '0')}.000Z`,
      );
      await click(database, 8, mondays);
    }
    // Too long ago to count.
    await click(
      database,
      7,
      Array.from({ length: 30 }, (_, day) => `2025-06-12T03:${String(day + 10)}:00.000Z`),
    );
    const times = await (await openBestTimes(database.queries, OPTIONS)).find([1, 2, 3, 4, 5, 6, 7]);
    expect([...times]).toEqual([
      [1, '2026-07-08T19:00:00.000Z'],
      [2, '2026-07-08T19:00:00.000Z'],
      [3, '2026-07-10T06:00:00.000Z'],
      // Seven in the evening in India.
      [4, '2026-07-08T13:30:00.000Z'],
      // Nobody is like them: everyone's.
      [5, '2026-07-13T10:00:00.000Z'],
      [6, '2026-07-13T10:00:00.000Z'],
      [7, '2026-07-13T10:00:00.000Z'],
    ]);
  });

  it('is before what the mail is about is over', async () => {
    const database = await prepare(1);
    await click(
      database,
      1,
      Array.from({ length: 20 }, (_, day) => `2026-06-12T06:${String(day + 10)}:00.000Z`),
    );
    const find = async (until: string) =>
      (await (await openBestTimes(database.queries, { ...OPTIONS, until })).find([1])).get(1);
    expect(await find('2026-07-10T06:00:00.001Z')).toBe('2026-07-10T06:00:00.000Z');
    // The next best are the same hour of other days.
    expect(await find('2026-07-10T06:00:00.000Z')).toBe('2026-07-07T06:00:00.000Z');
    expect(await find('2026-07-06T00:00:00.000Z')).toBe(NOW);
  });

  it('is kept with each delivery of a campaign that asks for it, within its send window', async () => {
    const database = await prepare(3);
    await click(
      database,
      1,
      Array.from({ length: 40 }, (_, day) => `2026-06-12T06:${String(day + 10)}:00.000Z`),
    );
    const more = { sendBest: true, sendWindow: 'mon-thu 09:00-17:00' };
    await createTestCampaign(database, 'best', more, clock);
    await freeze(database, 'best', clockAt(NOW));
    const rows = await database.queries
      .selectFrom('deliveries')
      .innerJoin('campaigns', 'campaigns.id', 'campaign_id')
      .select(['customer_ref', 'not_before'])
      .where('slug', '=', 'best')
      .orderBy('customer_ref')
      .execute();
    // Fridays at six are outside: the likeliest of the other hours are all alike, and the first is now.
    expect(rows.map(({ not_before }) => not_before)).toEqual([NOW, NOW, NOW]);
    await createTestCampaign(database, 'free', { sendBest: true }, clock);
    await freeze(database, 'free', clockAt(NOW));
    const { not_before } = await database.queries
      .selectFrom('deliveries')
      .innerJoin('campaigns', 'campaigns.id', 'campaign_id')
      .select('not_before')
      .where('slug', '=', 'free')
      .where('customer_ref', '=', 1)
      .executeTakeFirstOrThrow();
    expect(not_before).toBe('2026-07-10T06:00:00.000Z');
  });
});
