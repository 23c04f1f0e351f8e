import { type RawBuilder, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import type { SegmentLimits } from './segment-rules.ts';

/** The segment by rule of the customer's row called `alias`, as an SQL expression; null for who is erased. */
export function ruleSegmentExpression(alias: string, limits: SegmentLimits): RawBuilder<string | null> {
  const column = (name: string) => sql.ref(`${alias}.${name}`);
  const lastSeen = sql`coalesce(${column('last_active_at')}, ${column('joined_at')})`;
  const isActive = sql`${lastSeen} >= ${limits.activeSince}`;
  return sql`case
    when ${column('erased_at')} is not null then null
    when ${isActive} and ${column('total_bookings')} >= ${limits.powerBookings} then 'power_user'
    when ${column('joined_at')} >= ${limits.newSince} then 'new_user'
    when ${isActive} then 'active_user'
    when ${lastSeen} is null or ${lastSeen} < ${limits.inactiveBefore} then 'inactive_user'
  end`;
}

/** Names of the segments that are kept in the database. */
export async function listStoredSegments(
  queries: Queries,
): Promise<{ id: number; name: string; kind: string }[]> {
  return queries.selectFrom('segments').select(['id', 'name', 'kind']).orderBy('name').execute();
}

/** The keys of contests by slug. */
export async function listContestSlugs(queries: Queries): Promise<{ id: number; slug: string }[]> {
  return queries.selectFrom('contests').select(['id', 'slug']).orderBy('slug').execute();
}
