import { type RawBuilder, sql } from 'kysely';

/**
 * Is a delivery in a sender's hands? Word for word the condition of the index `deliveries_held`: SQLite uses a partial
 * index only for a query that repeats its condition, and reads the whole table for one that asks with parameters.
 */
export function isHeld(column: 'status' | 'd.status'): RawBuilder<boolean> {
  return sql<boolean>`${sql.ref(column)} in ('claimed', 'sending', 'in_doubt')`;
}
