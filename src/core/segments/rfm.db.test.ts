import { expect, test } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { clockAt } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { seededNumbers } from '../demo/seeded-numbers.ts';
import { RFM_SEGMENTS, rfmSegment } from './rfm.ts';
import { deleteSegment, saveSegment } from './save-segment.ts';
import { scoreSegments } from './score-segments.ts';
import { readHistory } from './segment-history.ts';

const NOW = '2026-06-01T12:00:00.000Z';
const LATER = '2026-07-01T12:00:00.000Z';
const run = { id: null, operator: 'test' };

interface Person {
  readonly customer_id: string;
  readonly last_active_at: string | null;
  readonly total_bookings: number | null;
  readonly total_spend: number | null;
  readonly tier?: string;
}

async function add(database: Database, people: readonly Person[]): Promise<void> {
  const rest = {
    consent: 'granted' as const,
    attributes: '{}',
    source: 'import',
    created_at: NOW,
    updated_at: NOW,
  };
  await database.queries
    .insertInto('customers')
    .values(people.map((person) => ({ ...rest, ...person })))
    .execute();
}

async function membersOf(database: Database, like: string): Promise<Record<string, string>> {
  const rows = await database.queries
    .selectFrom('segment_members')
    .innerJoin('segments', 'segments.id', 'segment_id')
    .innerJoin('customers', 'customers.id', 'customer_ref')
    .select(['segments.name', 'customer_id'])
    .where('segments.name', 'like', like)
    .execute();
  return Object.fromEntries(rows.map(({ customer_id, name }) => [customer_id, name]));
}

function madeUpPeople(): Person[] {
  const next = seededNumbers(7);
  return Array.from({ length: 200 }, (_, index) => ({
    customer_id: `C-${index}`,
    last_active_at: `2026-0${1 + Math.floor(5 * next())}-${String(1 + Math.floor(28 * next())).padStart(2, '0')}T00:00:00.000Z`,
    total_bookings: Math.floor(6 * next()),
    total_spend: next() < 0.1 ? null : Math.floor(100_000 * next() ** 2),
  }));
}

/** By hand: one plus five times the share of those with a smaller value, rounded down. */
function quintile(values: readonly (string | number)[], own: string | number): number {
  return 1 + Math.floor((5 * values.filter((value) => value < own).length) / values.length);
}

describeEngines('segments by recency, frequency and monetary value', (open) => {
  test('are those of quintiles counted by hand, of those who have booked', async () => {
    const database = await open();
    const people = madeUpPeople();
    await add(database, people);
    const { rfm } = await scoreSegments(database, { clock: clockAt(NOW), run, dryRun: false });
    const buyers = people.filter((person) => (person.total_bookings ?? 0) > 0);
    const of = (pick: (person: Person) => string | number) => buyers.map(pick);
    const expected = buyers.map((person) => {
      const recency = quintile(
        of((one) => one.last_active_at ?? ''),
        person.last_active_at ?? '',
      );
      const frequency = quintile(
        of((one) => one.total_bookings ?? 0),
        person.total_bookings ?? 0,
      );
      const monetary = quintile(
        of((one) => one.total_spend ?? 0),
        person.total_spend ?? 0,
      );
      return [person.customer_id, rfmSegment(recency, Math.ceil((frequency + monetary) / 2))];
    });
    expect(await membersOf(database, 'rfm_%')).toEqual(Object.fromEntries(expected));
    expect(Object.keys(rfm)).toEqual([...RFM_SEGMENTS]);
    expect(Object.values(rfm).reduce((sum, count) => sum + count, 0)).toBe(buyers.length);
  });

  test('look at bookings up to now, without those that were cancelled', async () => {
    const database = await open();
    const nothing = { last_active_at: null, total_bookings: null, total_spend: null };
    await add(database, [
      { customer_id: 'booked', ...nothing },
      { customer_id: 'cancelled', ...nothing },
      { customer_id: 'later', ...nothing },
    ]);
    const booking = {
      source: 'b',
      amount_minor: 5_000,
      refunded_minor: 0,
      currency: 'EUR',
      attributes: '{}',
      created_at: NOW,
    };
    await database.queries
      .insertInto('bookings')
      .values([
        {
          ...booking,
          booking_reference: '1',
          customer_ref: 1,
          status: 'completed',
          booked_at: '2026-05-01T00:00:00.000Z',
        },
        {
          ...booking,
          booking_reference: '2',
          customer_ref: 2,
          status: 'cancelled',
          booked_at: '2026-05-01T00:00:00.000Z',
        },
        { ...booking, booking_reference: '3', customer_ref: 3, status: 'completed', booked_at: LATER },
      ])
      .execute();
    await scoreSegments(database, { clock: clockAt(NOW), run, dryRun: false });
    expect(Object.keys(await membersOf(database, 'rfm_%'))).toEqual(['booked']);
  });
});

describeEngines('saved segments', (open) => {
  const gold = { customer_id: 'a', last_active_at: NOW, total_bookings: 1, total_spend: 1, tier: 'gold' };

  test('hold who fits when saved and at each scoring, and their history tells who was there when', async () => {
    const database = await open();
    await add(database, [gold, { ...gold, customer_id: 'b' }, { ...gold, customer_id: 'c', tier: 'basic' }]);
    const change = { clock: clockAt(NOW), run, dryRun: false };
    const saved = await saveSegment(database, {
      ...change,
      name: 'gold',
      where: ['tier = gold'],
      timezone: 'UTC',
    });
    expect(saved).toMatchObject({ created: true, members: 2 });
    await database.queries
      .updateTable('customers')
      .set({ tier: 'basic' })
      .where('customer_id', '=', 'a')
      .execute();
    await database.queries
      .updateTable('customers')
      .set({ tier: 'gold' })
      .where('customer_id', '=', 'c')
      .execute();
    const scored = await scoreSegments(database, { clock: clockAt(LATER), run, dryRun: false });
    expect(scored.saved).toEqual({ gold: 2 });
    const historyAt = async (at?: string) => {
      const rows = await Array.fromAsync(
        await readHistory(database.queries, { segment: 'gold', at, offset: 0 }, LATER),
      );
      return rows.map((row) => `${row.customer_id} ${row.entered_at} ${row.left_at}`);
    };
    expect(await historyAt()).toEqual([`a ${NOW} ${LATER}`, `b ${NOW} null`, `c ${LATER} null`]);
    expect(await historyAt(NOW)).toEqual([`a ${NOW} ${LATER}`, `b ${NOW} null`]);
    expect(await historyAt(LATER)).toEqual([`b ${NOW} null`, `c ${LATER} null`]);
    expect(await historyAt('2026-01-01T00:00:00.000Z')).toEqual([]);
  });

  test('the same scoring again changes nothing in the history', async () => {
    const database = await open();
    await add(database, madeUpPeople());
    await scoreSegments(database, { clock: clockAt(NOW), run, dryRun: false });
    const read = () =>
      database.queries
        .selectFrom('segment_history')
        .selectAll()
        .orderBy('segment_id')
        .orderBy('customer_ref')
        .execute();
    const before = await read();
    await scoreSegments(database, { clock: clockAt(LATER), run, dryRun: false });
    const stayed = (await read()).filter((row) => row.left_at === null && row.entered_at === NOW);
    expect(stayed.length).toBeGreaterThan(before.length / 2);
    const again = await read();
    await scoreSegments(database, { clock: clockAt(LATER), run, dryRun: false });
    expect(await read()).toEqual(again);
  });

  test('refuses names of rules, conditions about itself, and a dry run keeps nothing', async () => {
    const database = await open();
    const change = { clock: clockAt(NOW), run, dryRun: false, timezone: 'UTC' };
    const save = (name: string, where: string[], dryRun = false) =>
      saveSegment(database, { ...change, name, where, dryRun });
    await expect(save('rfm_mine', ['tier = gold'])).rejects.toMatchObject({ code: 'usage' });
    await expect(save('Gold Ones', ['tier = gold'])).rejects.toMatchObject({ code: 'usage' });
    await expect(save('gold', ['segment = silver'])).rejects.toMatchObject({ code: 'not_found' });
    await save('gold', ['tier = gold'], true);
    await expect(deleteSegment(database, 'gold', change)).rejects.toMatchObject({ code: 'not_found' });
    await save('gold', ['tier = gold']);
    await expect(save('gold', ['segment = gold'])).rejects.toMatchObject({ code: 'usage' });
    await save('lapsed_gold', ['segment = gold']);
    await deleteSegment(database, 'lapsed_gold', change);
    await expect(deleteSegment(database, 'power_user', change)).rejects.toMatchObject({
      code: 'state_forbids',
    });
  });
});
