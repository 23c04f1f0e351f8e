import type { Entry } from './rank-participants.ts';

/** How an entry has moved since an earlier board. */
export interface Movement {
  /** Null for who was not on the board then. */
  readonly previous_position: number | null;
  /** Positions gained; negative where lost, 0 where it stayed. */
  readonly moved: number | null;
}

/** How each of some entries has moved since `before`, in their order. */
export function compareStandings(entries: readonly Entry[], before: readonly Entry[]): readonly Movement[] {
  const positions = new Map(before.map((entry) => [entry.customer_ref, entry.position]));
  return entries.map(({ customer_ref, position }) => {
    const previous = positions.get(customer_ref);
    return previous === undefined
      ? { previous_position: null, moved: null }
      : { previous_position: previous, moved: previous - position };
  });
}
