import { findCampaignStatus } from './delivery-queries.ts';
import type { LoopOptions } from './loop-options.ts';
import { type LoopState, stopFor } from './loop-state.ts';
import { recoverSenders, settleByEvidence } from './recover-senders.ts';
import { isUnreachable } from './retry-database.ts';

const WATCH_MS = 500;
const RECOVER_EVERY = 6;

/** Sees within half a second that the campaign was paused, and within seconds that another sender died. */
export async function watchCampaign(
  options: LoopOptions,
  state: LoopState,
  signal: AbortSignal,
): Promise<void> {
  const { database, clock, campaign, transport, sender, host } = options;
  for (let round = 1; ; round += 1) {
    await options.sleep(WATCH_MS, signal);
    if (signal.aborted) return;
    try {
      const status = await findCampaignStatus(database.queries, campaign.id);
      if (status !== 'sending') stopFor(state, status);
      if (round % RECOVER_EVERY !== 0) continue;
      const { senders } = await recoverSenders(database, clock, sender.id);
      if (senders > 0) await settleByEvidence(database, clock, campaign, transport, host);
    } catch (error) {
      // The workers meet the same trouble and decide what to do about it.
      if (!isUnreachable(error)) state.failure ??= error;
    }
  }
}
