import type { Queries } from '../database/database.ts';
import { type Claim, claimBatches } from './claim-batch.ts';
import { countHandled, type Loop } from './loop.ts';
import { stopFor } from './loop-state.ts';
import { areClaimed } from './sender-queries.ts';

// So many mails are claimed at once for all workers together: four workers with the largest batches have one each.
const CLAIMED_TOGETHER = 4_000;

/**
 * Claims a batch for each worker in one go, and puts them where the workers take them from. Whoever asks for another one
 * meanwhile waits for the same claim.
 */
export function makeClaim(loop: Loop): Promise<Claim> {
  const { state } = loop;
  state.claiming ??= claimForAll(loop).finally(() => {
    state.claiming = undefined;
  });
  return state.claiming;
}

async function claimForAll(loop: Loop): Promise<Claim> {
  const { state, batchSize, concurrency } = loop;
  await loop.variantDraw?.learn();
  const together = Math.max(batchSize, Math.min(batchSize * concurrency, CLAIMED_TOGETHER));
  const size = Math.min(together, state.budget);
  state.budget -= size;
  // In flight before its commit is answered: whoever finds nothing pending meanwhile must not take it for forgotten.
  let inFlight = 0;
  const countInFlight = (count: number): void => {
    state.inFlight += count - inFlight;
    inFlight = count;
  };
  const claim = await loop.commit(claimOnce(loop, size, countInFlight)).catch((error: unknown) => {
    countInFlight(0);
    state.budget += size;
    throw error;
  });
  const claimed = claim.batches.reduce((sum, { deliveries }) => sum + deliveries.length, 0);
  state.budget += size - claimed;
  state.claimed.push(...claim.batches);
  if (claim.failure !== undefined) state.failure ??= claim.failure;
  if (claim.status !== 'sending') stopFor(state, claim.status);
  if (claim.skipped > 0) countHandled(loop, claim.skipped);
  return claim;
}

/** The claim as work that may be done again: what an earlier try has committed, though nobody heard of it, is the claim. */
function claimOnce(
  { state, sender, claimOptions }: Loop,
  size: number,
  countInFlight: (count: number) => void,
): (trx: Queries) => Promise<Claim> {
  const { busySince } = state;
  let earlier: Claim | undefined;
  return async (trx) => {
    const ids = (earlier?.batches ?? []).flatMap(({ deliveries }) => deliveries.map(({ id }) => id));
    const isCommitted = ids.length > 0 && (await areClaimed(trx, sender.id, ids));
    if (earlier === undefined || !isCommitted)
      earlier = await claimBatches(trx, { ...claimOptions, busySince }, size);
    countInFlight(earlier.batches.length);
    return earlier;
  };
}
