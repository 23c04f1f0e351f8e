import { type ErrorCode, ReferralError } from '../errors.ts';
import type { Random } from '../random.ts';
import type { DeliverResult, Halt } from './transport.ts';

// A provider that can't be reached three times in a row is down; one that asks to wait this often is not coming back soon.
const MAX_UNREACHABLE = 3;
const MAX_WAITS = 20;
// Senders that were told the same would all come back in the same moment: each waits a little longer than it was told.
const MOST_JITTER = 0.25;
const MOST_JITTER_MS = 5_000;
// A provider that leaves batch after batch in doubt would leave the whole list in doubt.
const MAX_DOUBTFUL = 5;

/** Decides, from what transports report, whether all workers wait or sending stops. */
export interface Breaker {
  /** Until when nobody sends, in milliseconds since the epoch. */
  readonly resumeAt: number;
  readonly failure: ReferralError | undefined;
  record(result: DeliverResult, now: number): void;
}

export function createBreaker(campaign: string, random: Random): Breaker {
  let resumeAt = 0;
  let failure: ReferralError | undefined;
  let unreachable = 0;
  let waits = 0;
  let doubtful = 0;

  const stop = (code: ErrorCode, message: string, reason: string): void => {
    const hint =
      code === 'credential_refused'
        ? `Check the key, then go on with: referral campaigns send ${campaign} --yes`
        : `Nothing is lost. Go on later with: referral campaigns send ${campaign} --yes`;
    failure ??= new ReferralError(code, message, { reason, hint, details: { campaign } });
  };

  const pauseUntil = (now: number, milliseconds: number): void => {
    const most = Math.min(milliseconds * MOST_JITTER, MOST_JITTER_MS);
    resumeAt = Math.max(resumeAt, now + milliseconds + most * drawFraction(random));
  };

  // Batches that were in flight together meet the same trouble: it counts once.
  const waited = (milliseconds: number, reason: string, now: number): void => {
    if (now >= resumeAt) waits += 1;
    if (waits > MAX_WAITS) stop('provider_unreachable', 'The mail provider keeps asking to wait', reason);
    pauseUntil(now, milliseconds);
  };
  const missed = (reason: string, now: number): void => {
    if (now >= resumeAt) unreachable += 1;
    if (unreachable >= MAX_UNREACHABLE)
      stop('provider_unreachable', "The mail provider can't be reached", reason);
    pauseUntil(now, 250 * 2 ** unreachable);
  };
  const halted = (halt: Halt, now: number): void => {
    const { kind, reason } = halt;
    if (kind === 'wait') waited(halt.milliseconds, reason, now);
    else if (kind === 'unreachable') missed(reason, now);
    else if (kind === 'credential_refused') stop(kind, 'The mail provider refuses the credentials', reason);
    else stop(kind, 'The mail provider refuses the campaign', reason);
  };

  return {
    get resumeAt() {
      return resumeAt;
    },
    get failure() {
      return failure;
    },
    record({ outcomes, halt }, now) {
      const isDoubtful = outcomes.length > 0 && outcomes.every((outcome) => outcome.kind === 'in_doubt');
      doubtful = isDoubtful ? doubtful + 1 : 0;
      if (outcomes.some((outcome) => outcome.kind === 'accepted' || outcome.kind === 'refused')) {
        unreachable = 0;
        waits = 0;
      }
      if (halt !== undefined) halted(halt, now);
      if (doubtful >= MAX_DOUBTFUL) {
        const error = outcomes.find((outcome) => outcome.kind === 'in_doubt')?.error ?? '';
        stop('provider_unreachable', 'The mail provider does not answer', error);
      }
    },
  };
}

/** At least 0, less than 1. */
function drawFraction(random: Random): number {
  return Buffer.from(random.bytes(4)).readUInt32BE() / 2 ** 32;
}
