import { expect, test } from 'vitest';
import { type ContestFixture, createContestFixture } from '../../../test/contest-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import type { Queries } from '../database/database.ts';
import { seededNumbers } from '../demo/seeded-numbers.ts';

const HEADER = [
  ...['booking_reference', 'email', 'code', 'amount', 'refunded_amount', 'currency', 'status'],
  ...['booked_at', 'completed_at', 'updated_at', 'city'],
];
const STATUSES = ['confirmed', 'completed', 'cancelled', 'no_show', 'refunded'];
const BOOKINGS = 40;
const STATES = 90;
const SEED = 20_261_121;

type Cells = readonly string[];
type Next = (below: number) => number;

/** Successive states of bookings as exports tell them, each at a time of its own and with every cell filled. */
function makeStates(next: Next, codes: readonly string[]): readonly Cells[] {
  return Array.from({ length: STATES }, (_, index) => {
    const booking = next(BOOKINGS);
    const amount = 100 + next(50);
    return [
      ...[`B-${booking}`, `friend${booking % 30}@example.net`, codes[next(4)] ?? 'NOSUCH99'],
      ...[String(amount), String(next(3) === 0 ? next(amount) : 0), 'EUR', STATUSES[next(5)] ?? ''],
      `2026-06-${String(10 + next(9))}T0${next(9)}:00:00Z`,
      `2026-06-2${next(9)}`,
      new Date(Date.UTC(2026, 6, 1, 0, index)).toISOString(),
      ['Utrecht', 'Gent'][next(2)] ?? '',
    ];
  });
}

function shuffled<Item>(items: readonly Item[], next: Next): readonly Item[] {
  const list = [...items];
  for (let at = list.length - 1; at > 0; at -= 1) {
    const other = next(at + 1);
    const [left, right] = [list[at], list[other]];
    if (left !== undefined && right !== undefined) {
      list[at] = right;
      list[other] = left;
    }
  }
  return list;
}

async function readBookings(queries: Queries): Promise<readonly unknown[]> {
  return queries
    .selectFrom('bookings as b')
    .leftJoin('customers as c', 'c.id', 'b.customer_ref')
    .select(['b.booking_reference', 'c.email', 'b.code', 'b.amount_minor', 'b.refunded_minor', 'b.status'])
    .select(['b.booked_at', 'b.completed_at', 'b.updated_at'])
    .orderBy('b.booking_reference')
    .execute();
}

async function empty({ database: { queries } }: ContestFixture): Promise<void> {
  for (const table of ['booking_changes', 'referrals', 'bookings', 'imports'] as const) {
    await queries.deleteFrom(table).execute();
  }
}

describeEngines('exports in any order', (open) => {
  test(`lead to the same bookings and referrals, and coming again change nothing (seed ${SEED})`, async () => {
    const random = seededNumbers(SEED);
    const next: Next = (below) => Math.floor(random() * below);
    const rules = { limits: { referrals_per_participant: 4 }, approval: { hold_days: 20 } };
    const fixture = await createContestFixture(await open(), { rules });
    const { database, importRows, referrals, codes } = fixture;
    const states = makeStates(next, [...codes.values()]);
    const newest = new Map(states.map((cells) => [cells[0], cells]));
    const results = new Set<string>();
    for (let round = 0; round < 4; round += 1) {
      await empty(fixture);
      const order = shuffled(states, next);
      const cut = next(order.length);
      // Each file holds several states of some bookings, and the second one states that are older than those of the first.
      const files = [order.slice(0, cut), order.slice(cut)].filter((rows) => rows.length > 0);
      for (const rows of files) {
        const told = await importRows([HEADER, ...rows]);
        expect(told.created + told.updated + told.unchanged).toBe(rows.length);
      }
      const bookings = await readBookings(database.queries);
      const standing = await referrals();
      expect(bookings.length).toBe(newest.size);
      // That a booking once carried another code is on record only where an import saw it.
      results.add(JSON.stringify([bookings, standing.filter(({ reason }) => reason !== 'code_changed')]));
      const changes = await database.queries.selectFrom('booking_changes').select('id').execute();
      const again = await importRows([HEADER, ...shuffled(files.flat(), next)]);
      expect(again).toMatchObject({ created: 0, updated: 0, unchanged: states.length, transitions: {} });
      expect(again.money).toMatchObject({ booked: {}, refunded: {} });
      expect(again.money.approved_before).toEqual(again.money.approved);
      expect(await readBookings(database.queries)).toEqual(bookings);
      expect(await referrals()).toEqual(standing);
      const after = await database.queries.selectFrom('booking_changes').select('id').execute();
      expect(after.length).toBe(changes.length);
    }
    expect(results.size).toBe(1);
    for (const booking of await readBookings(database.queries)) {
      const [reference, , , amount, , , status, , , updatedAt] =
        newest.get((booking as { booking_reference: string }).booking_reference) ?? [];
      expect(booking).toMatchObject({
        booking_reference: reference,
        amount_minor: Number(amount) * 100,
        status,
        updated_at: updatedAt,
      });
    }
  });
});
