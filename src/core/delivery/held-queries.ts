import { type RawBuilder, sql } from 'kysely';
import type { DeliveryStatus } from '../database/tables.ts';

/**
 * Is a delivery in a sender's hands? Word for word the condition of the index `deliveries_held`: SQLite uses a partial
 * index only for a query that repeats its condition, and reads the whole table for one that asks with parameters.
 */
export function isHeld(column: 'status' | 'd.status'): RawBuilder<boolean> {
  return sql<boolean>`${sql.ref(column)} in ('claimed', 'sending', 'in_doubt')`;
}

/**
 * Is a delivery that was found by its key in one of these states? Put so that no index of deliveries in some state serves it: statistics
 * of before the campaign tell PostgreSQL that those are empty, and it would read all that has gone through them, again and again.
 */
export function isIn(states: readonly DeliveryStatus[]): RawBuilder<boolean> {
  return sql<boolean>`(deliveries.status || '') in (${sql.join(states.map((state) => sql.lit(state)))})`;
}
