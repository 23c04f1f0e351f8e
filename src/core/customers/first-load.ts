import type { Queries } from '../database/database.ts';
import { suspendIndexes } from '../database/suspend-indexes.ts';
import type { ImportBatch } from './import-batch.ts';

/** A load of customers into the empty table. */
export interface FirstLoad {
  /**
   * Is no customer of this batch in it or in one before twice? That is known as long as each id of the file is greater than the one before; from the first on that
   * is not, customers can be looked up by their ids, and are refused where they come twice.
   */
  hasNew(batch: ImportBatch): Promise<boolean>;
  /** Builds the indexes that are away. */
  finish(): Promise<void>;
}

/** Begins a first load. With `suspends` it takes the indexes away: see `suspendIndexes`. */
export async function beginFirstLoad(transaction: Queries, suspends: boolean): Promise<FirstLoad> {
  const resume = async () => {};
  const resumeUnique = suspends ? await suspendIndexes(transaction, 'customers', 'unique') : resume;
  const resumeOthers = suspends ? await suspendIndexes(transaction, 'customers', 'others') : resume;
  let isAscending = true;
  let last: string | undefined;
  return {
    async hasNew({ ids }) {
      if (!isAscending) return false;
      isAscending = ids !== undefined && (last === undefined || ids.first > last);
      last = ids?.last;
      if (!isAscending) await resumeUnique();
      return isAscending;
    },
    async finish() {
      if (isAscending) await resumeUnique();
      await resumeOthers();
    },
  };
}
