import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import { type Address, parseAddress } from './address-key.ts';
import { findCustomerKeys, findKeysByAddress } from './booker-queries.ts';
import { EMPTY_CUSTOMER } from './customer.ts';
import { insertCustomers, lockCustomers, type NewCustomer } from './customer-queries.ts';

export interface Booker {
  readonly customer_id: string | null;
  readonly email: string | null;
  readonly booking_reference: string;
}

const CHUNK = 5_000;

/**
 * The customers who made these bookings, by `customer_id`, else by address, as keys of `customers` in the order given. Who is none
 * yet becomes one, under the id given or `b-<booking_reference>`, with consent `unknown` and source `booking`.
 */
export async function findOrCreateBookers(
  transaction: Queries,
  clock: Clock,
  bookers: readonly Booker[],
): Promise<readonly number[]> {
  if (bookers.length === 0) return [];
  await lockCustomers(transaction);
  const keys: number[] = [];
  for (let start = 0; start < bookers.length; start += CHUNK) {
    keys.push(...(await resolveChunk(transaction, clock, bookers.slice(start, start + CHUNK))));
  }
  return keys;
}

async function resolveChunk(
  transaction: Queries,
  clock: Clock,
  bookers: readonly Booker[],
): Promise<number[]> {
  const addresses = bookers.map((booker) => (booker.email === null ? undefined : parseAddress(booker.email)));
  const byAddress = await findKeysByAddress(transaction, [
    ...new Set(addresses.flatMap((one) => one?.address_key ?? [])),
  ]);
  const ids = bookers.map((booker) => booker.customer_id ?? ownId(booker));
  const byId = await findCustomerKeys(transaction, [...new Set(ids)]);

  const created = new Map<string, NewCustomer>();
  const idOfAddress = new Map<string, string>();
  const resolved = bookers.map((booker, index) => {
    const address = addresses[index];
    const id = ids[index] ?? ownId(booker);
    const known = keyOf(booker, address, id, byId, byAddress);
    if (known !== undefined) return known;
    const newId = (booker.customer_id === null && address && idOfAddress.get(address.address_key)) || id;
    if (!created.has(newId)) created.set(newId, newCustomer(newId, address));
    if (address !== undefined && !idOfAddress.has(address.address_key))
      idOfAddress.set(address.address_key, newId);
    return newId;
  });
  await insertCustomers(transaction, [...created.values()], { source: 'booking', now: clock.now() });
  const createdKeys = await findCustomerKeys(transaction, [...created.keys()]);
  return resolved.map((one) => (typeof one === 'number' ? one : getKey(createdKeys, one)));
}

/** Who is known: the customer of that id; else of that address; else the one that an earlier import of this booking made. */
function keyOf(
  booker: Booker,
  address: Address | undefined,
  id: string,
  byId: ReadonlyMap<string, number>,
  byAddress: ReadonlyMap<string, number>,
): number | undefined {
  if (booker.customer_id !== null) return byId.get(booker.customer_id);
  return (address === undefined ? undefined : byAddress.get(address.address_key)) ?? byId.get(id);
}

function ownId(booker: Booker): string {
  return `b-${booker.booking_reference}`;
}

function newCustomer(customerId: string, address: Address | undefined): NewCustomer {
  const data = {
    ...EMPTY_CUSTOMER,
    email: address?.email ?? null,
    address_key: address?.address_key ?? null,
  };
  return { customer_id: customerId, data, row_hash: null };
}

function getKey(keys: ReadonlyMap<string, number>, customerId: string): number {
  const key = keys.get(customerId);
  if (key === undefined) throw new Error('a customer that was just added is not there');
  return key;
}
