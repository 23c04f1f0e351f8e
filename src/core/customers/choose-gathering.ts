import type { ImportSource } from './open-import-source.ts';

/** Whether the rest of a file comes by its hashes or as rows, as the batches so far suggest. */
export interface GatheringChoice {
  /** After a batch of hashes, of whose rows so many had to be looked at. */
  tookHashes(altered: number, rows: number): void;
  /** After a batch of rows. */
  tookRows(): void;
}

// Of a batch; where more rows differ, looking for those that don't is work for nothing.
const MOST_ALTERED = 0.25;
const FIRST_PAUSE = 4;
const PAUSE_GROWTH = 4;

/**
 * Begins with hashes. Where most rows of a batch differ, rows are taken for some batches, and longer each time: an export may begin with everything that is
 * new, and a file that is read in another way than the last time differs to its end.
 */
export function chooseGathering({ gather }: Pick<ImportSource, 'gather'>): GatheringChoice {
  let pause = FIRST_PAUSE;
  let left = 0;
  gather('hashes');
  return {
    tookHashes(altered, rows) {
      // Some were on their way when rows were asked for.
      if (left > 0 || altered <= MOST_ALTERED * rows) return;
      gather('rows');
      left = pause;
      pause *= PAUSE_GROWTH;
    },
    tookRows() {
      if (left === 0) return;
      left -= 1;
      if (left === 0) gather('hashes');
    },
  };
}
