import type { Queries } from '../database/database.ts';
import { type Claim, claimBatch } from './claim-batch.ts';
import { markSkipped, releaseClaimed } from './delivery-queries.ts';
import { fillMails, type ReadyMail } from './fill-mails.ts';
import { countHandled, hasEnded, type Loop } from './loop.ts';
import { stopFor } from './loop-state.ts';
import { rest, waitForLimit, waitForProvider } from './loop-waits.ts';

/** A claimed batch whose mails are filled. */
export interface Batch {
  readonly mails: readonly ReadyMail[];
  readonly claim: Claim;
}

/** Claims a batch; undefined, perhaps after a rest, when there is nothing to send at this moment. */
export async function takeBatch(loop: Loop): Promise<Batch | undefined> {
  if (await waitForProvider(loop)) return undefined;
  const claim = await claimNext(loop);
  if (claim.hold !== undefined) await waitForLimit(loop, claim.hold);
  else if (!hasEnded(loop) && claim.examined === 0) await rest(loop);
  return fillBatch(loop, claim);
}

/** Claims and fills the batch after this one while this one is in flight; under a rate nothing is reserved ahead. */
export async function takeBatchAhead(loop: Loop, { claim }: Batch): Promise<Batch | undefined> {
  if (claim.leaveAt > 0 || loop.state.budget === 0 || hasEnded(loop)) return undefined;
  return fillBatch(loop, await claimNext(loop));
}

/** Gives back what was claimed and not sent. */
export async function giveBackBatch({ commit, sender, state }: Loop, { mails, claim }: Batch): Promise<void> {
  const ids = mails.map(({ delivery }) => delivery.id);
  await commit(async (trx) => {
    await releaseClaimed(trx, sender.id, ids);
    await claim.giveBack?.(trx, ids.length);
  });
  state.budget += ids.length;
  state.inFlight -= 1;
}

async function claimNext(loop: Loop): Promise<Claim> {
  const { state, batchSize, claimOptions } = loop;
  await loop.variantDraw?.learn();
  const size = Math.min(batchSize, state.budget);
  state.budget -= size;
  const { busySince } = state;
  // In flight before its commit is answered: whoever finds nothing pending meanwhile must not take it for forgotten.
  let inFlight = 0;
  const countInFlight = (count: number): void => {
    state.inFlight += count - inFlight;
    inFlight = count;
  };
  const work = async (trx: Queries): Promise<Claim> => {
    const claim = await claimBatch(trx, { ...claimOptions, busySince }, size);
    countInFlight(claim.deliveries.length > 0 ? 1 : 0);
    return claim;
  };
  const claim = await loop.commit(work).catch((error: unknown) => {
    countInFlight(0);
    throw error;
  });
  state.budget += size - claim.deliveries.length;
  if (claim.failure !== undefined) state.failure ??= claim.failure;
  if (claim.status !== 'sending') stopFor(state, claim.status);
  if (claim.skipped > 0) countHandled(loop, claim.skipped);
  return claim;
}

async function fillBatch(loop: Loop, claim: Claim): Promise<Batch | undefined> {
  const { deliveries } = claim;
  if (deliveries.length === 0) return undefined;
  const values = await loop.loadValues(deliveries.map((delivery) => delivery.customer_ref));
  const { ready, incomplete } = fillMails(deliveries, values, loop.messages, loop.instanceId);
  if (incomplete.length > 0) {
    const now = loop.clock.now();
    await loop.commit(async (trx) => {
      await markSkipped(trx, now, 'missing_value', incomplete);
      await claim.giveBack?.(trx, incomplete.length);
    });
    countHandled(loop, incomplete.length);
  }
  if (ready.length > 0) return { mails: ready, claim };
  loop.state.inFlight -= 1;
  return undefined;
}
