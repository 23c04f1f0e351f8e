import { type RawBuilder, sql } from 'kysely';
import type { Instant } from '../time.ts';
import type { Queries } from './database.ts';
import { engineOf } from './engine-of.ts';

/** An instant as a parameter that either engine compares with its columns of times, wherever it stands in a statement. */
export function instantParameter(queries: Queries, instant: Instant): RawBuilder<unknown> {
  return engineOf(queries) === 'postgres' ? sql`${instant}::timestamptz` : sql`${instant}`;
}
