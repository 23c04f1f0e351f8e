import type { ClaimedBatch } from './claim-batch.ts';
import { markSkipped, releaseClaimed } from './delivery-queries.ts';
import { fillMails, type ReadyMail } from './fill-mails.ts';
import { countHandled, hasEnded, type Loop } from './loop.ts';
import { rest, waitForLimit, waitForProvider } from './loop-waits.ts';
import { makeClaim } from './make-claim.ts';
import { isUnreachable } from './retry-database.ts';

/** A claimed batch whose mails are filled. */
export interface Batch extends Pick<ClaimedBatch, 'leaveAt' | 'giveBack'> {
  readonly mails: readonly ReadyMail[];
}

/** Is there nothing more for a worker to take, ever? */
export function isUsedUp({ state }: Loop): boolean {
  return state.budget === 0 && state.claimed.length === 0 && state.claiming === undefined;
}

/** Takes a batch; undefined, perhaps after a rest, when there is nothing to send at this moment. */
export async function takeBatch(loop: Loop): Promise<Batch | undefined> {
  if (await waitForProvider(loop)) return undefined;
  if (loop.state.claimed.length === 0) {
    const claim = await makeClaim(loop);
    if (claim.hold !== undefined) await waitForLimit(loop, claim.hold);
    else if (!hasEnded(loop) && claim.examined === 0) await rest(loop);
  }
  return fillNext(loop);
}

/** Takes and fills the batch after this one while this one is in flight; under a rate nothing is reserved ahead. */
export async function takeBatchAhead(loop: Loop, { leaveAt }: Batch): Promise<Batch | undefined> {
  if (leaveAt > 0 || isUsedUp(loop) || hasEnded(loop)) return undefined;
  if (loop.state.claimed.length === 0) await makeClaim(loop);
  return fillNext(loop);
}

/** Gives back what was claimed and not sent. */
export async function giveBackBatch(loop: Loop, { mails, giveBack }: Batch): Promise<void> {
  await release(
    loop,
    mails.map(({ delivery }) => delivery.id),
    giveBack,
  );
}

/** Gives back the batches that no worker has taken. A database that is not there is not waited for: closing the sender releases them, too. */
export async function giveBackClaimed(loop: Loop): Promise<void> {
  const { state } = loop;
  if (isUnreachable(state.failure)) return;
  await Promise.all(
    state.claimed.splice(0).map(({ deliveries, giveBack }) =>
      release(
        loop,
        deliveries.map(({ id }) => id),
        giveBack,
      ),
    ),
  );
}

async function release(
  { commit, sender, state }: Loop,
  ids: readonly number[],
  giveBack: ClaimedBatch['giveBack'],
): Promise<void> {
  await commit(async (trx) => {
    const released = await releaseClaimed(trx, sender.id, ids);
    if (released > 0) await giveBack?.(trx, released);
  });
  state.budget += ids.length;
  state.inFlight -= 1;
}

async function fillNext(loop: Loop): Promise<Batch | undefined> {
  const batch = loop.state.claimed.shift();
  if (batch === undefined) return undefined;
  const { deliveries, leaveAt, giveBack } = batch;
  const values = await loop.loadValues(deliveries.map((delivery) => delivery.customer_ref));
  const { ready, incomplete } = fillMails(deliveries, values, loop.messages, loop.instanceId);
  if (incomplete.length > 0) {
    const now = loop.clock.now();
    await loop.commit(async (trx) => {
      const skipped = await markSkipped(trx, now, 'missing_value', incomplete);
      if (skipped > 0) await giveBack?.(trx, skipped);
    });
    countHandled(loop, incomplete.length);
  }
  if (ready.length > 0) return { mails: ready, leaveAt, giveBack };
  loop.state.inFlight -= 1;
  return undefined;
}
