import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import { suspendIndexes } from '../database/suspend-indexes.ts';
import { findLastCustomerKey, lockCustomers } from './customer-queries.ts';
import {
  collectNameless,
  collectNewAddresses,
  collectNewIds,
  createNewBookers,
  dropNewBookers,
  insertNewBookers,
} from './staged-booker-queries.ts';

/** From so many new ones on, and more than there are, the index of addresses is built anew instead of being kept up. */
const LARGE = 20_000;

/**
 * Makes customers of those who made the bookings that wait in the temporary table `booking_rows` and are none yet: by `customer_id`, else by
 * address, else one for the booking itself, `b-<booking_reference>`. All rows are looked at together, so that their order doesn't matter. Gives the
 * highest key of the customers that were there before.
 */
export async function createStagedBookers(
  transaction: Queries,
  clock: Clock,
  { source, ids, addresses }: { readonly source: string; readonly ids: boolean; readonly addresses: boolean },
): Promise<number> {
  await lockCustomers(transaction);
  const last = await findLastCustomerKey(transaction);
  await createNewBookers(transaction);
  const steps = [
    ...(ids ? [collectNewIds] : []),
    ...(addresses ? [collectNewAddresses] : []),
    (queries: Queries) => collectNameless(queries, source),
  ];
  for (const collect of steps) {
    await addCollected(transaction, clock, await collect(transaction));
  }
  await dropNewBookers(transaction);
  return last;
}

async function addCollected(transaction: Queries, clock: Clock, count: number): Promise<void> {
  if (count === 0) return;
  const isMost = count >= LARGE && count >= (await findLastCustomerKey(transaction));
  const restore = isMost ? await suspendIndexes(transaction, 'customers') : undefined;
  await insertNewBookers(transaction, clock.now());
  await restore?.();
}
