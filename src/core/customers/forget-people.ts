import { canonicalJson } from '../canonical-json.ts';
import type { Queries } from '../database/database.ts';
import type { Instant } from '../time.ts';
import {
  eraseCustomerRows,
  eraseDeliveries,
  eraseEvents,
  eraseEvidence,
  eraseMemberships,
  listBookingChangesOf,
  listBookingsOf,
  listRules,
  updateBookingAttributes,
  updateBookingChanges,
} from './erase-queries.ts';
import { groupAttributes, keptAttributes, keptChanges } from './kept-attributes.ts';
import { parseAttributes } from './parse-attributes.ts';

export interface Forgotten {
  /** Customers who are erased now and were not before. */
  readonly erased: number;
  readonly deliveries: number;
  readonly bookings: number;
}

/** Empties everything personal of these customers, wherever it is. Their addresses have to be suppressed before. */
export async function forgetPeople(
  transaction: Queries,
  keys: readonly number[],
  now: Instant,
): Promise<Forgotten> {
  const names = groupAttributes((await listRules(transaction)).map((rules) => JSON.parse(rules) as unknown));
  const bookings = await eraseBookings(transaction, keys, names);
  const erased = await eraseCustomerRows(transaction, keys, now);
  const deliveries = await eraseDeliveries(transaction, keys);
  await eraseEvents(transaction, keys);
  await eraseEvidence(transaction, keys);
  await eraseMemberships(transaction, keys);
  return { erased, deliveries, bookings };
}

async function eraseBookings(
  transaction: Queries,
  keys: readonly number[],
  names: readonly string[],
): Promise<number> {
  const bookings = await listBookingsOf(transaction, keys);
  const kept = bookings.map(({ id, attributes, customer_attributes }) => ({
    id,
    attributes: canonicalJson(
      keptAttributes(parseAttributes(attributes), parseAttributes(customer_attributes), names),
    ),
  }));
  await updateBookingAttributes(transaction, kept);
  const changes = await listBookingChangesOf(transaction, keys);
  await updateBookingChanges(
    transaction,
    changes.map(({ id, changes: recorded }) => ({
      id,
      changes: canonicalJson(keptChanges(JSON.parse(recorded) as Record<string, unknown>)),
    })),
  );
  return bookings.length;
}
