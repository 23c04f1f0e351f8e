import { canonicalJson } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import type { CsvRecord } from '../csv/csv-file.ts';
import { findOrCreateBookers } from '../customers/find-or-create-bookers.ts';
import type { Queries } from '../database/database.ts';
import { applyBookingRow, compareBookings } from './apply-booking-row.ts';
import type { Booking, BookingRow } from './booking.ts';
import {
  type BookingChange,
  insertBookingChanges,
  listBookings,
  type StoredBooking,
  upsertBookings,
} from './booking-queries.ts';
import { foldBookingRows } from './fold-booking-rows.ts';
import { createMoneyMoves, type MoneyMoves } from './money-moves.ts';

/** A row of the file and where it stands. */
export interface LocatedRow {
  readonly record: CsvRecord;
  readonly row: BookingRow;
}

export interface RefusedRow {
  readonly record: CsvRecord;
  readonly field: string;
  readonly reason: string;
}

export interface BatchResult {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly refused: readonly RefusedRow[];
  /** `confirmed → completed` → how many bookings. */
  readonly transitions: ReadonlyMap<string, number>;
  readonly money: MoneyMoves;
}

export interface BatchOptions {
  readonly source: string;
  readonly clock: Clock;
  readonly importId: number | null;
  readonly runId: number | null;
}

/** What the rows of one booking come to. */
interface State {
  readonly stored: StoredBooking | undefined;
  readonly row: BookingRow;
  /** Rows of it, and how many of them told something that those before them did not. */
  readonly rows: number;
  readonly telling: number;
  current: Booking | undefined;
}

/**
 * Brings the bookings of a batch of rows up to date, with three statements whatever its size. All rows of one booking are taken as the one
 * row that they come to, so that their order doesn't matter.
 */
export async function applyBookingBatch(
  queries: Queries,
  rows: readonly LocatedRow[],
  options: BatchOptions,
): Promise<BatchResult> {
  const refused: RefusedRow[] = [];
  const states = await foldRows(queries, rows, options.source, refused);
  const bookers = await findBookers(queries, states, options.clock);
  const counts = { created: 0, updated: 0, unchanged: 0 };
  const money = createMoneyMoves();
  for (const [index, state] of states.entries()) {
    const transition = applyBookingRow(state.stored, state.row, {
      now: options.clock.now(),
      customerRef: bookers[index],
    });
    if (transition.kind === 'unchanged') {
      counts.unchanged += state.rows;
      continue;
    }
    state.current = transition.booking;
    counts[transition.kind] += 1;
    counts.updated += state.telling - 1;
    counts.unchanged += state.rows - state.telling;
    money.change(state.stored, transition.booking);
  }
  const transitions = await writeStates(queries, states, options);
  return { ...counts, refused, transitions, money };
}

async function foldRows(
  queries: Queries,
  rows: readonly LocatedRow[],
  source: string,
  refused: RefusedRow[],
): Promise<readonly State[]> {
  const groups = Map.groupBy(rows, ({ row }) => row.booking_reference);
  const stored = await listBookings(queries, source, [...groups.keys()]);
  const known = new Map(stored.map((booking) => [booking.booking_reference, booking]));
  const states: State[] = [];
  for (const [reference, group] of groups) {
    const booking = known.get(reference);
    const folded = foldBookingRows(group, booking?.amount_minor);
    for (const { record } of folded.refused) {
      refused.push({ record, field: 'refunded_amount', reason: 'is more than the amount' });
    }
    if (folded.row === undefined) continue;
    const { row, telling } = folded;
    const taken = group.length - folded.refused.length;
    states.push({ stored: booking, row, rows: taken, telling, current: undefined });
  }
  return states;
}

// A known booking whose row does not say who booked keeps its customer.
async function findBookers(
  queries: Queries,
  states: readonly State[],
  clock: Clock,
): Promise<readonly (number | undefined)[]> {
  const asked = states.map(
    ({ row, stored }) => row.customer_id !== undefined || row.email !== undefined || stored === undefined,
  );
  const found = await findOrCreateBookers(
    queries,
    clock,
    states
      .filter((_, index) => asked[index])
      .map(({ row }) => ({
        customer_id: row.customer_id ?? null,
        email: row.email ?? null,
        booking_reference: row.booking_reference,
      })),
  );
  let next = 0;
  return asked.map((isAsked) => (isAsked ? found[next++] : undefined));
}

async function writeStates(
  queries: Queries,
  states: readonly State[],
  { source, clock, importId, runId }: BatchOptions,
): Promise<ReadonlyMap<string, number>> {
  const now = clock.now();
  const transitions = new Map<string, number>();
  const changes: BookingChange[] = [];
  const written = states.flatMap(({ stored, current, row: { booking_reference } }) => {
    if (current === undefined) return [];
    if (stored !== undefined) changes.push(toChange(stored, current, importId, runId, now));
    if (stored === undefined || stored.status !== current.status) {
      const name = `${stored?.status ?? 'new'} → ${current.status}`;
      transitions.set(name, (transitions.get(name) ?? 0) + 1);
    }
    const attributes = canonicalJson(current.attributes);
    return [{ ...current, source, booking_reference, attributes, import_id: importId, now }];
  });
  await upsertBookings(queries, written);
  await insertBookingChanges(queries, changes);
  return transitions;
}

function toChange(
  before: StoredBooking,
  after: Booking,
  importId: number | null,
  runId: number | null,
  now: string,
): BookingChange {
  return {
    booking_id: before.id,
    import_id: importId,
    run_id: runId,
    from_status: before.status,
    to_status: after.status,
    changes: canonicalJson(compareBookings(before, after)),
    recorded_at: now,
  };
}
