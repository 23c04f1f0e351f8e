import { ReferralError } from '../errors.ts';
import type { ClaimOptions } from './claim-batch.ts';
import type { Commit } from './group-commit.ts';
import type { LoopOptions } from './loop-options.ts';
import type { LoopState } from './loop-state.ts';

/** What every step of the send loop works with. */
export interface Loop extends LoopOptions {
  readonly state: LoopState;
  readonly commit: Commit;
  readonly claimOptions: ClaimOptions;
}

/** Has something ended the loop? Sees an interruption and the loss of the sender's lock. */
export function hasEnded({ state, signal, sender }: Loop): boolean {
  if (signal.aborted) state.end ??= 'interrupted';
  if (!sender.isAlive()) {
    state.failure ??= new ReferralError(
      'database_unreachable',
      'The connection that keeps this sender alive was lost',
      { hint: 'Run the command again: what was in flight is accounted for.' },
    );
  }
  return state.end !== undefined || state.failure !== undefined || state.breaker.failure !== undefined;
}

/** Counts mails that are done with. */
export function countHandled({ onProgress, state }: Loop, count: number): void {
  state.handled += count;
  onProgress?.(state.handled);
}
