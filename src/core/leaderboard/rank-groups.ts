import { compareBytes } from '../compare-bytes.ts';
import type { Instant } from '../time.ts';
import type { Entry } from './rank-participants.ts';
import { NO_GROUP } from './score-participant.ts';

/** Participants of one value of an attribute, together. */
export interface GroupEntry {
  /** From 1, without gaps and without ties. */
  readonly position: number;
  /** The value; `(none)` where a participant has none. */
  readonly group: string;
  readonly participants: number;
  readonly points: number;
  readonly referrals: number;
  readonly counted: number;
  /** How many of the participants qualify. */
  readonly qualified: number;
  /** When the last of them reached the final points; of those without points only if nobody has any. */
  readonly reached_at: Instant;
}

/**
 * A board of groups: the sums of their participants, ordered by points descending, then who reached them first, then the value by bytes.
 * `groups` is the value of each participant by customer_ref.
 */
export function rankGroups(entries: readonly Entry[], groups: ReadonlyMap<number, string>): GroupEntry[] {
  const byGroup = Map.groupBy(entries, (entry) => groups.get(entry.customer_ref) ?? NO_GROUP);
  return [...byGroup]
    .map(([group, members]) => addUp(group, members))
    .sort(
      (a, b) =>
        b.points - a.points || compareBytes(a.reached_at, b.reached_at) || compareBytes(a.group, b.group),
    )
    .map((entry, index) => ({ position: index + 1, ...entry }));
}

function addUp(group: string, members: readonly Entry[]): Omit<GroupEntry, 'position'> {
  const sum = (key: 'points' | 'referrals' | 'counted'): number =>
    members.reduce((total, member) => total + member[key], 0);
  const scorers = members.filter((member) => member.points > 0);
  const among = scorers.length > 0 ? scorers : members;
  return {
    group,
    participants: members.length,
    points: sum('points'),
    referrals: sum('referrals'),
    counted: sum('counted'),
    qualified: members.filter((member) => member.qualified).length,
    reached_at: lastOf(among),
  };
}

function lastOf(entries: readonly Entry[]): Instant {
  let last = '';
  for (const { reached_at } of entries) if (reached_at > last) last = reached_at;
  return last;
}
