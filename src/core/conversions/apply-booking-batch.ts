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

interface State {
  readonly stored: StoredBooking | undefined;
  current: Booking | undefined;
  isWritten: boolean;
}

/** Brings the bookings of a batch of rows up to date, with three statements whatever its size. */
export async function applyBookingBatch(
  queries: Queries,
  rows: readonly LocatedRow[],
  options: BatchOptions,
): Promise<BatchResult> {
  const references = [...new Set(rows.map(({ row }) => row.booking_reference))];
  const stored = await listBookings(queries, options.source, references);
  const states = new Map<string, State>(references.map((reference) => [reference, emptyState()]));
  for (const booking of stored) {
    states.set(booking.booking_reference, {
      stored: booking,
      current: stripStored(booking),
      isWritten: false,
    });
  }
  const bookers = await findBookers(queries, rows, states, options.clock);
  const counts = { created: 0, updated: 0, unchanged: 0 };
  const refused: RefusedRow[] = [];
  for (const [index, { record, row }] of rows.entries()) {
    const state = states.get(row.booking_reference) ?? emptyState();
    const transition = applyBookingRow(state.current, row, {
      now: options.clock.now(),
      customerRef: bookers[index],
      sameFile: state.isWritten || isOfImport(state.stored, options.importId),
    });
    if (transition.kind === 'refused') {
      refused.push({ record, field: transition.field, reason: transition.reason });
      continue;
    }
    counts[transition.kind] += 1;
    if (transition.kind === 'unchanged') continue;
    state.current = transition.booking;
    state.isWritten = true;
  }
  const money = createMoneyMoves();
  for (const { stored, current, isWritten } of states.values()) {
    if (isWritten && current !== undefined) money.change(stored, current);
  }
  const transitions = await writeStates(queries, states, options);
  return { ...counts, refused, transitions, money };
}

function emptyState(): State {
  return { stored: undefined, current: undefined, isWritten: false };
}

function isOfImport(stored: StoredBooking | undefined, importId: number | null): boolean {
  return stored !== undefined && importId !== null && stored.last_import_id === importId;
}

function stripStored({
  id: _id,
  booking_reference: _reference,
  last_import_id: _import,
  ...booking
}: StoredBooking): Booking {
  return booking;
}

// A known booking whose row does not say who booked keeps its customer.
async function findBookers(
  queries: Queries,
  rows: readonly LocatedRow[],
  states: ReadonlyMap<string, State>,
  clock: Clock,
): Promise<readonly (number | undefined)[]> {
  const asked = rows.map(({ row }) => {
    const isNamed = row.customer_id !== undefined || row.email !== undefined;
    return isNamed || states.get(row.booking_reference)?.stored === undefined;
  });
  const found = await findOrCreateBookers(
    queries,
    clock,
    rows
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
  states: ReadonlyMap<string, State>,
  { source, clock, importId, runId }: BatchOptions,
): Promise<ReadonlyMap<string, number>> {
  const now = clock.now();
  const transitions = new Map<string, number>();
  const changes: BookingChange[] = [];
  const written = [...states].flatMap(([booking_reference, { stored, current, isWritten }]) => {
    if (!isWritten || current === undefined) return [];
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
