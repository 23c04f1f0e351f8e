import type { Queries } from '../database/database.ts';
import { keySlices } from '../database/key-slices.ts';
import {
  listNamedAddresses,
  listNamedSlice,
  listOtherAddresses,
  type NamedPerson,
} from './name-stage-queries.ts';
import type { NamedPeople } from './using-named-people.ts';

/** The customers who were found, by their keys, page after page. */
export async function* readPeople(
  queries: Queries,
  found: NamedPeople,
  pageSize = found.pageSize,
): AsyncGenerator<readonly NamedPerson[]> {
  for (const slice of keySlices(found.customers, pageSize)) yield await listNamedSlice(queries, slice);
}

/** Every address that was named or that a customer who was found has, page after page; one that two of them have may come twice. */
export async function* readAddresses(
  queries: Queries,
  { addresses, customers, pageSize }: NamedPeople,
): AsyncGenerator<readonly string[]> {
  for (const slice of keySlices(addresses, pageSize)) yield await listNamedAddresses(queries, slice);
  for (const slice of keySlices(customers, pageSize)) yield await listOtherAddresses(queries, slice);
}
