import type { Entry } from './rank-participants.ts';

/**
 * The part of a board around one participant: at most `limit` entries, as many before as after (one more before when the number is even),
 * and more on one side where the board ends on the other. Undefined when the customer is not on the board.
 */
export function pageAround(
  entries: readonly Entry[],
  customerId: string,
  limit: number,
): readonly Entry[] | undefined {
  const at = entries.findIndex((entry) => entry.customer_id === customerId);
  if (at < 0) return undefined;
  const first = Math.max(0, Math.min(at - Math.floor(limit / 2), entries.length - limit));
  return entries.slice(first, first + limit);
}
