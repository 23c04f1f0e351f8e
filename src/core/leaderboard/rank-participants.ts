import { compareBytes } from '../compare-bytes.ts';
import type { Instant } from '../time.ts';
import type { Score } from './score-participant.ts';

export interface ScoredParticipant extends Score {
  readonly customer_ref: number;
  readonly customer_id: string;
}

export interface Entry extends ScoredParticipant {
  /** From 1, without gaps and without ties. */
  readonly position: number;
}

/** The total order of a leaderboard: points descending, then who reached them first, then `customer_id` by bytes. */
export function compareScores(a: ScoredParticipant, b: ScoredParticipant): number {
  return (
    b.points - a.points ||
    compareInstants(a.reached_at, b.reached_at) ||
    compareBytes(a.customer_id, b.customer_id)
  );
}

// They are ASCII, which JavaScript sorts as bytes do.
function compareInstants(a: Instant, b: Instant): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Participants in order, each with its position. */
export function rankParticipants(participants: readonly ScoredParticipant[]): Entry[] {
  // As numbers times compare several times as fast; what is not one moment to the millisecond is left to their text.
  const keyed = participants.map((participant) => ({
    participant,
    time: Date.parse(participant.reached_at),
  }));
  keyed.sort(
    (a, b) =>
      b.participant.points - a.participant.points ||
      a.time - b.time ||
      compareScores(a.participant, b.participant),
  );
  // Written out, since copying a hundred thousand of them by `...` takes longer.
  return keyed.map(({ participant }, index) => ({
    position: index + 1,
    customer_ref: participant.customer_ref,
    customer_id: participant.customer_id,
    points: participant.points,
    referrals: participant.referrals,
    counted: participant.counted,
    groups: participant.groups,
    qualified: participant.qualified,
    reached_at: participant.reached_at,
  }));
}
