import type { Queries } from '../database/database.ts';
import { toInstant } from '../time.ts';
import { type Candidate, listCandidates, listPendingClasses } from './candidate-queries.ts';
import { type ClassRotation, takeTurn } from './class-rotation.ts';
import { allowClass, allowShared, type OpenBuckets } from './open-buckets.ts';

export interface Gathered {
  readonly candidates: readonly Candidate[];
  /** When the first class that is out of tokens has some again, in milliseconds since the epoch. */
  readonly nextAt: number | undefined;
}

// Classes that were drained for a while, held or in others' hands, are looked for again after so many claims.
const LOOK_AGAIN = 64;

/**
 * The next pending deliveries, class by class in turn, until there are as many as all limits allow. A class that is out of
 * tokens is passed over, so that it holds up none of the others.
 */
export async function gatherCandidates(
  queries: Queries,
  campaignId: number,
  open: OpenBuckets,
  rotation: ClassRotation,
  limit: number,
): Promise<Gathered> {
  const wanted = allowShared(open, limit);
  if (rotation.names.length > 0 && rotation.turn % LOOK_AGAIN !== 0) {
    const found = await gather(queries, campaignId, open, takeTurn(rotation), wanted);
    if (found.candidates.length > 0) return found;
  }
  const pending = await listPendingClasses(queries, campaignId);
  rotation.names = pending.map(({ name }) => name);
  return gather(queries, campaignId, open, takeTurn(rotation), wanted);
}

async function gather(
  queries: Queries,
  campaignId: number,
  open: OpenBuckets,
  names: readonly string[],
  wanted: number,
): Promise<Gathered> {
  const candidates: Candidate[] = [];
  let nextAt: number | undefined;
  for (const name of names) {
    if (candidates.length >= wanted) break;
    const { count, at } = allowClass(open, name, wanted - candidates.length);
    if (count === 0) nextAt = Math.min(nextAt ?? at, at);
    else candidates.push(...(await listCandidates(queries, campaignId, name, toInstant(open.now), count)));
  }
  return { candidates, nextAt };
}
