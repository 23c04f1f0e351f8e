import type { Queries } from '../database/database.ts';
import { addMilliseconds } from '../time.ts';
import { type Answers, callProvider } from './call-provider.ts';
import { markSending, releaseClaimed, type Settlement, settleDeliveries } from './delivery-queries.ts';
import type { ReadyMail } from './fill-mails.ts';
import { countHandled, type Loop } from './loop.ts';
import { settleOutcome } from './settle-outcomes.ts';
import { readSharedTime } from './shared-time.ts';
import { type Batch, takeBatchAhead } from './take-batch.ts';
import type { Outcome } from './transport.ts';

export interface Sent {
  /** The batch that was claimed and filled meanwhile. */
  readonly next: Batch | undefined;
  /** Resolves when the answers are written down, or could not be, which ends the loop. */
  readonly settling: Promise<void>;
}

/** Marks a batch as being sent, calls the provider and has its answers written down. */
export async function sendBatch(loop: Loop, batch: Batch): Promise<Sent> {
  const { state } = loop;
  const marking = markBatch(loop, batch);
  const next = takeBatchAhead(loop, batch).catch((error: unknown) => {
    state.failure ??= error;
    return undefined;
  });
  const mails = await marking;
  if (mails.length === 0) {
    state.inFlight -= 1;
    return { next: await next, settling: Promise.resolve() };
  }
  const answers = await callProvider(loop.transport, mails);
  const settling = settle(loop, mails, answers, batch.giveBack);
  return { next: await next, settling };
}

/** Marks a batch as being sent and gives what may now be handed over: nothing when the campaign was just paused. */
async function markBatch(
  { commit, campaign, sender, clock }: Loop,
  { mails, giveBack }: Batch,
): Promise<readonly ReadyMail[]> {
  const ids = mails.map(({ delivery }) => delivery.id);
  const now = clock.now();
  const sendable = await commit(async (trx) => {
    const marked = await markSending(trx, campaign.id, sender.id, now, ids);
    // Paused in this very moment: what was claimed goes back.
    if (marked.size < ids.length) {
      const released = await releaseClaimed(trx, sender.id, ids);
      if (released > 0) await giveBack?.(trx, released);
    }
    return marked;
  });
  return sendable.size === ids.length ? mails : mails.filter(({ delivery }) => sendable.has(delivery.id));
}

const LOST: Outcome = { kind: 'in_doubt', error: 'the transport said nothing about this mail' };

/** Writes down what the provider said. Never rejects: a failure ends the loop by its state. */
async function settle(
  loop: Loop,
  mails: readonly ReadyMail[],
  { outcomes, results }: Answers,
  giveBack: Batch['giveBack'],
): Promise<void> {
  const { state, clock, commit, sender } = loop;
  const now = clock.now();
  const settlements = mails.map(({ delivery }) =>
    settleOutcome(delivery, outcomes.get(delivery.id) ?? LOST, now),
  );
  const count = (status: string): number =>
    settlements.filter((settlement) => settlement.status === status).length;
  const unsent = count('pending');
  // Known at once, so that the next batch waits or stays where it is.
  for (const result of results) state.breaker.record(result, clock.milliseconds());
  state.refused += count('refused');
  if (loop.maxErrors !== undefined && state.refused > loop.maxErrors) state.end ??= 'max_errors';
  try {
    await commit(async (trx) => {
      const reopened = await settleDeliveries(trx, sender.id, now, await byShared(trx, loop, settlements));
      if (reopened > 0) await giveBack?.(trx, reopened);
    });
    state.accepted += count('accepted');
    state.budget += unsent;
    state.busySince ??= clock.milliseconds();
    countHandled(loop, settlements.length - unsent);
  } catch (error) {
    state.failure ??= error;
  } finally {
    state.inFlight -= 1;
  }
}

/** The settlements, with the times at which mails are due again by the clock that all senders share. */
async function byShared(
  trx: Queries,
  { clock, followsServer }: Loop,
  settlements: readonly Settlement[],
): Promise<readonly Settlement[]> {
  if (!followsServer || settlements.every(({ status }) => status !== 'pending')) return settlements;
  const ahead = Math.round((await readSharedTime(trx, clock)) - clock.milliseconds());
  return settlements.map((settlement) => ({
    ...settlement,
    not_before: addMilliseconds(settlement.not_before, ahead),
  }));
}
