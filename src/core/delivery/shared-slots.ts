import type { Mail } from './transport.ts';

/** What the mails of a request have in common, slot by slot. */
export interface SharedSlots {
  /** Does the slot hold the same value in every mail? */
  readonly isConstant: readonly boolean[];
  /** The first slot that holds in every mail what this one holds; the slot itself when it differs from all before it. */
  readonly first: readonly number[];
}

/** Finds slots that need not travel once per person and place. `indexes` pick the mails. */
export function findSharedSlots(mails: readonly Mail[], indexes: readonly number[]): SharedSlots {
  const sample = mails[indexes[0] ?? -1]?.filled ?? [];
  const isConstant = sample.map(() => true);
  const first = sample.map((value) => sample.indexOf(value));
  for (const index of indexes) {
    const filled = mails[index]?.filled ?? [];
    for (let slot = 0; slot < sample.length; slot += 1) {
      const value = filled[slot];
      if (isConstant[slot] === true && value !== sample[slot]) isConstant[slot] = false;
      const other = first[slot] ?? slot;
      if (other !== slot && value !== filled[other]) first[slot] = slot;
    }
  }
  return { isConstant, first };
}
