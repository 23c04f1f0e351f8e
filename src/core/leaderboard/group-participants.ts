import type { Queries } from '../database/database.ts';
import { chunksOf } from '../database/in-chunks.ts';
import { ReferralError } from '../errors.ts';
import { listGroupValues } from './leaderboard-queries.ts';
import { type GroupEntry, rankGroups } from './rank-groups.ts';
import type { Entry } from './rank-participants.ts';

const CHUNK = 20_000;

/**
 * The board of the groups of participants by `field`: `country`, `locale`, `tier`, `timezone`, or an attribute, with or without the
 * `attributes.` before it. Throws `usage` for a field that can be neither.
 */
export async function groupParticipants(
  queries: Queries,
  entries: readonly Entry[],
  field: string,
): Promise<readonly GroupEntry[]> {
  const name = field.trim().replace(/^attributes\./, '');
  if (name === '' || name.includes('"')) {
    throw new ReferralError('usage', `Participants can't be grouped by "${field}"`, {
      hint: 'Name an attribute, such as --group-by attributes.city, or country, locale, tier, timezone.',
    });
  }
  const groups = new Map<number, string>();
  // In the order of their keys they lie beside each other.
  const refs = Float64Array.from(entries, (entry) => entry.customer_ref).sort();
  for (const chunk of chunksOf([...refs], CHUNK)) {
    for (const { id, value } of await listGroupValues(
      queries,
      chunk,
      name,
      field.startsWith('attributes.'),
    )) {
      groups.set(id, value);
    }
  }
  return rankGroups(entries, groups);
}
