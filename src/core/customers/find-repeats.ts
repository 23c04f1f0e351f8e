/** The ids of some rows of which each is greater than the one before. */
export interface AscendingIds {
  readonly first: string;
  readonly last: string;
}

export interface RepeatFinder {
  add(id: string): void;
  /** Was any id added twice? */
  hasRepeats(): boolean;
  /** Undefined where one was not greater than the one before, or none was added. */
  ascending(): AscendingIds | undefined;
}

/** Finds out whether an id comes twice. As long as each is greater than the one before, which is how most exports are sorted, none does. */
export function createRepeatFinder(): RepeatFinder {
  const ids: string[] = [];
  let known: Set<string> | undefined;
  let last = '';
  return {
    add(id) {
      if (known !== undefined) known.add(id);
      else if (ids.length > 0 && id <= last) known = new Set(ids).add(id);
      ids.push(id);
      last = id;
    },
    hasRepeats: () => known !== undefined && known.size < ids.length,
    ascending() {
      const [first] = ids;
      return first === undefined || known !== undefined ? undefined : { first, last };
    },
  };
}
