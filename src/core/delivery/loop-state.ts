import type { CampaignStatus } from '../database/tables.ts';
import type { Instant } from '../time.ts';
import type { Breaker } from './breaker.ts';
import type { Claim, ClaimedBatch, ClaimHold } from './claim-batch.ts';
import { type ClassRotation, createClassRotation } from './class-rotation.ts';

/** Why the loop ended. `finished`: nothing is pending. `held`: what is pending may go only later. */
export type LoopEnd = 'finished' | 'held' | 'limit' | 'interrupted' | 'stopped' | 'max_errors';

/** What the workers of one process share. */
export interface LoopState {
  readonly breaker: Breaker;
  end: LoopEnd | undefined;
  failure: unknown;
  accepted: number;
  refused: number;
  handled: number;
  /** How many more may be claimed under `--limit`. */
  budget: number;
  /** Batches between claim and settlement. */
  inFlight: number;
  /** Batches that no worker has taken yet. */
  readonly claimed: ClaimedBatch[];
  /** The claim that a worker makes for all of them. */
  claiming: Promise<Claim> | undefined;
  heldUntil: Instant | undefined;
  /** The limit that holds them, if it is one. */
  heldBy: ClaimHold['by'] | undefined;
  readonly classes: ClassRotation;
  /** Since when mails leave without a pause; what is late since then is caught up with. */
  busySince: number | undefined;
}

export function createLoopState(limit: number | undefined, breaker: Breaker): LoopState {
  return {
    breaker,
    end: undefined,
    failure: undefined,
    accepted: 0,
    refused: 0,
    handled: 0,
    budget: limit ?? Number.POSITIVE_INFINITY,
    inFlight: 0,
    claimed: [],
    claiming: undefined,
    heldUntil: undefined,
    heldBy: undefined,
    classes: createClassRotation(),
    busySince: undefined,
  };
}

/** The campaign is no longer being sent: somebody else finished, paused or cancelled it. */
export function stopFor(state: LoopState, status: CampaignStatus | undefined): void {
  state.end ??= status === 'sent' ? 'finished' : 'stopped';
}
