import { ReferralError } from '../errors.ts';
import { parseSendHours } from '../limits/send-hours.ts';
import type { Instant } from '../time.ts';
import { createBreaker } from './breaker.ts';
import type { ClaimHold } from './claim-batch.ts';
import { createGroupCommit } from './group-commit.ts';
import { hasEnded, type Loop } from './loop.ts';
import type { LoopOptions } from './loop-options.ts';
import { createLoopState, type LoopEnd } from './loop-state.ts';
import { waitForTurn } from './loop-waits.ts';
import { sendBatch } from './send-batch.ts';
import { type Batch, giveBackBatch, giveBackClaimed, isUsedUp, takeBatch } from './take-batch.ts';
import { watchCampaign } from './watch-campaign.ts';

export interface LoopResult {
  readonly end: LoopEnd;
  readonly accepted: number;
  readonly refused: number;
  readonly heldUntil: Instant | undefined;
  /** The limit that holds them, if it is one. */
  readonly heldBy: ClaimHold['by'] | undefined;
  readonly failure: ReferralError | undefined;
}

/**
 * The one send loop, for every transport and engine: claim a batch (commit), mark it sending (commit), call the
 * provider, settle (commit). Runs until nothing is pending, or it is told to stop; what is in flight is always settled.
 * A worker claims and fills its next batch while its last one is in flight, so that settling the one, marking the next
 * and claiming the one after share a commit. What a crash leaves in doubt is only what was in flight.
 */
export async function runSendLoop(options: LoopOptions): Promise<LoopResult> {
  const { campaign, sender, database, concurrency } = options;
  const state = createLoopState(options.limit, createBreaker(campaign.slug, options.random));
  const loop: Loop = {
    ...options,
    state,
    commit: createGroupCommit(database, options),
    claimOptions: {
      ...options,
      campaignId: campaign.id,
      campaign: campaign.slug,
      dailyCap: campaign.daily_cap,
      account: options.transport.name,
      senderId: sender.id,
      hours: parseSendHours(campaign.quiet_hours, campaign.send_window),
      classes: state.classes,
    },
  };
  const watching = new AbortController();
  const watch = watchCampaign(options, state, watching.signal);
  await Promise.all(Array.from({ length: concurrency }, () => work(loop)));
  await giveBackClaimed(loop).catch((error: unknown) => {
    state.failure ??= error;
  });
  watching.abort();
  await watch;
  const { failure, end = 'limit', accepted, refused, heldUntil, heldBy } = state;
  if (failure !== undefined && !(failure instanceof ReferralError)) throw failure;
  return { end, accepted, refused, heldUntil, heldBy, failure: failure ?? state.breaker.failure };
}

async function work(loop: Loop): Promise<void> {
  const { state } = loop;
  let batch: Batch | undefined;
  let settling: Promise<void> | undefined;
  try {
    for (;;) {
      if (batch === undefined) {
        // What comes back unsent can be claimed again.
        await settling;
        if (hasEnded(loop) || isUsedUp(loop)) return;
        batch = await takeBatch(loop);
      } else if (await waitForTurn(loop, batch.leaveAt)) {
        const sent = await sendBatch(loop, batch);
        batch = sent.next;
        settling = sent.settling;
      } else {
        await giveBackBatch(loop, batch);
        return;
      }
    }
  } catch (error) {
    state.failure ??= error;
  } finally {
    await settling;
  }
}
