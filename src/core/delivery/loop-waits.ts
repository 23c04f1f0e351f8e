import { toInstant } from '../time.ts';
import type { ClaimHold } from './claim-batch.ts';
import { findRemaining } from './delivery-queries.ts';
import { hasEnded, type Loop } from './loop.ts';
import { releaseAllClaimed } from './sender-queries.ts';
import { readSharedTime } from './shared-time.ts';

const TURN_MS = 500;
const REST_MS = 250;
// A night or a day is waited for in such steps: what operators change meanwhile is seen after one.
const PATIENT_MS = 30_000;

/** Nothing is pending and due: is everything done, held for later, or still in somebody's hands? */
export async function rest(loop: Loop): Promise<void> {
  const { state, database, campaign, sender, clock, signal, sleep, patienceMs } = loop;
  const { nextAt, heldByOthers } = await findRemaining(database.queries, campaign.id, sender.id);
  const wait = nextAt === null ? REST_MS : Date.parse(nextAt) - (await readTime(loop));
  const isIdle = heldByOthers === 0 && state.inFlight === 0;
  if (isIdle && nextAt === null) {
    if (await isDone(loop)) state.end ??= 'finished';
    return;
  }
  if (isIdle && nextAt !== null && wait > patienceMs) {
    state.heldUntil = nextAt;
    state.end ??= 'held';
    return;
  }
  state.busySince = undefined;
  if (isIdle) return sleepUntil(loop, clock.milliseconds() + Math.max(wait, 10));
  await sleep(Math.min(Math.max(wait, 10), REST_MS), signal);
}

// What is due is decided by the clock that all senders share.
async function readTime({ database, clock, followsServer }: Loop): Promise<number> {
  return followsServer ? readSharedTime(database.queries, clock) : clock.milliseconds();
}

/**
 * Is nothing pending any more? A claim whose commit was answered by a broken connection left rows that no batch here knows
 * of: they are given back first. In the queue of the claims, so that no worker gives back what another one has just claimed.
 */
async function isDone({ commit, campaign, sender, state }: Loop): Promise<boolean> {
  return commit(async (trx) => {
    if (state.inFlight > 0 || (await releaseAllClaimed(trx, sender.id)) > 0) return false;
    const { nextAt, heldByOthers } = await findRemaining(trx, campaign.id, sender.id);
    return nextAt === null && heldByOthers === 0;
  });
}

/** A limit has no room now. Tokens come by themselves; for another day a send waits only when it is asked to. */
export async function waitForLimit(loop: Loop, { by, until }: ClaimHold): Promise<void> {
  const { state, clock, patienceMs } = loop;
  if (by !== 'rate') {
    if (state.inFlight === 0 && until - clock.milliseconds() > patienceMs) {
      state.heldUntil = toInstant(until);
      state.heldBy = by;
      state.end ??= 'held';
      return;
    }
    state.busySince = undefined;
  }
  await sleepUntil(loop, Math.max(until, clock.milliseconds() + 1));
}

/** Sleeps until then, or half a minute, or until sending is stopped. */
async function sleepUntil(loop: Loop, until: number): Promise<void> {
  const { clock, sleep, signal } = loop;
  const end = Math.min(until, clock.milliseconds() + PATIENT_MS);
  for (let left = end - clock.milliseconds(); left > 0; left = end - clock.milliseconds()) {
    await sleep(Math.min(left, TURN_MS), signal);
    if (hasEnded(loop)) return;
  }
}

/** Waits for the batch's turn under the rate; false when sending was stopped meanwhile. */
export async function waitForTurn(loop: Loop, leaveAt: number): Promise<boolean> {
  for (;;) {
    if (hasEnded(loop)) return false;
    const wait = Math.max(leaveAt, loop.state.breaker.resumeAt) - loop.clock.milliseconds();
    if (wait <= 0) return true;
    await loop.sleep(Math.min(wait, TURN_MS), loop.signal);
  }
}

/** Does the provider want everybody to wait? Then waits a while, and says so. */
export async function waitForProvider({ state, clock, sleep, signal }: Loop): Promise<boolean> {
  const wait = state.breaker.resumeAt - clock.milliseconds();
  if (wait <= 0) return false;
  state.busySince = undefined;
  await sleep(Math.min(wait, TURN_MS), signal);
  return true;
}
