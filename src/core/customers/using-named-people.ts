import { setImmediate } from 'node:timers/promises';
import type { Database, Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { keySlices } from '../database/key-slices.ts';
import { allowServerMemory, resetServerMemory } from '../database/work-memory.ts';
import { compileWhere } from '../selection/compile-where.ts';
import { customerFields } from '../selection/customer-fields.ts';
import type { Keyring } from '../settings/keyring.ts';
import type { Instant } from '../time.ts';
import { parseAddress } from './address-key.ts';
import {
  addOtherAddresses,
  addOwners,
  addPeopleWhere,
  createNameStage,
  dropNameStage,
  fillNames,
  findUnknown,
  type ListedKey,
  listNamedSlice,
  type NamesOfKind,
  orderNames,
  orderPeople,
} from './name-stage-queries.ts';
import { type NameKind, parseName } from './parse-name.ts';
import { assertSomebodyIsNamed, noCustomer, type PeopleNames } from './people-names.ts';
import type { ListedName } from './read-names-file.ts';

/** Names, or customers, of one statement: for SQLite so few that no text outlives young objects, for a server so many that its answers are worth the wait. */
const PAGE = { sqlite: 500, postgres: 2_000 } as const;

export interface NamingOptions {
  readonly now: Instant;
  readonly timezone: string | undefined;
  /** Reads unsubscribe tokens and links. */
  readonly keyring?: Keyring;
  /**
   * An address that belongs to no customer is fine: suppression needs none. So is a row of a file whose `customer_id` nobody has, such as
   * the id of another system, when it has an address.
   */
  readonly allowStrangers: boolean;
  /** Names or customers that are looked at together; 500 by default, 2,000 on PostgreSQL. */
  readonly pageSize?: number;
}

/** Who is meant: it lies in temporary tables, and here is what there is of it. */
export interface NamedPeople {
  /** Customers, each once. */
  readonly customers: number;
  /** The `customer_id` of the only one. */
  readonly only: string | undefined;
  /** Customers of whom no address is known. */
  readonly withoutAddress: number;
  /** Addresses that were named, each once, whether or not a customer has them. */
  readonly addresses: number;
  /** How many names of the file nobody has. */
  readonly notFound: number;
  /** As in the options. */
  readonly pageSize: number;
}

/**
 * Looks for who is meant, and lends them to `work`, on one connection. However many they are, they wait in the database. Throws `usage` when nobody
 * is named, `not_found` for a typed name that nobody has, and what reading the list throws.
 */
export function usingNamedPeople<T>(
  database: Database,
  names: PeopleNames,
  options: NamingOptions,
  work: (database: Database, people: NamedPeople) => Promise<T>,
): Promise<T> {
  return database.session(async (own) => {
    try {
      await allowServerMemory(own.queries);
      return await work(own, await findPeople(own.queries, names, options));
    } finally {
      await tidyUp(own.queries);
    }
  });
}

// A connection that was lost has taken it all with it.
async function tidyUp(queries: Queries): Promise<void> {
  try {
    await dropNameStage(queries);
    await resetServerMemory(queries);
  } catch {}
}

async function findPeople(
  queries: Queries,
  names: PeopleNames,
  options: NamingOptions,
): Promise<NamedPeople> {
  const { typed, where } = names;
  const { allowStrangers, pageSize = PAGE[engineOf(queries)] } = options;
  await createNameStage(queries);
  const listed = await stageNames(queries, names, options);
  assertSomebodyIsNamed(listed + where.length);
  if (allowStrangers) await addOtherAddresses(queries);
  const kinds = await orderNames(queries);
  for (const names of kinds) await findOwners(queries, names, pageSize);
  if (where.length > 0) {
    await addPeopleWhere(queries, await compileWhere(queries, where, customerFields, options));
  }
  const notFound = await assertTypedAreKnown(queries, typed, allowStrangers ? ['id', 'link'] : ALL);
  const { customers, withoutAddress } = await orderPeople(queries);
  const [only] = customers === 1 ? await listNamedSlice(queries, { after: 0, until: 1 }) : [];
  return {
    ...{ customers, withoutAddress, notFound, pageSize },
    only: only?.customer_id,
    addresses: countOf(kinds, 'address'),
  };
}

// In the order in which they are told.
const ALL: readonly NameKind[] = ['id', 'link', 'address'];

/** Counts the names that nobody has. Throws `not_found` when one of them was typed. */
async function assertTypedAreKnown(
  queries: Queries,
  typed: readonly string[],
  kinds: readonly NameKind[],
): Promise<number> {
  let unknown = 0;
  for (const kind of kinds) {
    const { count, firstTyped } = await findUnknown(queries, kind);
    if (firstTyped !== null) throw noCustomer(typed[firstTyped] ?? '');
    unknown += count;
  }
  return unknown;
}

/** Brings the names into the database, and says how many they are. */
async function stageNames(
  queries: Queries,
  { typed, listed }: PeopleNames,
  { keyring, allowStrangers }: NamingOptions,
): Promise<number> {
  await fillNames(
    queries,
    typed.map((name, index) => ({ ...parseName(name, keyring), address_key: null, typed: index })),
  );
  let staged = typed.length;
  const spell = ({ name, address }: ListedName): ListedKey => {
    const parsed = parseName(name, keyring);
    const other = allowStrangers && parsed.kind === 'id' && address !== undefined;
    const address_key = other ? parseAddress(address)?.address_key : undefined;
    return { ...parsed, address_key: address_key ?? null, typed: null };
  };
  for await (const some of listed) {
    await fillNames(queries, some.map(spell));
    staged += some.length;
    // Lets a signal come in.
    await setImmediate();
  }
  return staged;
}

async function findOwners(
  queries: Queries,
  { kind, first, last }: NamesOfKind,
  pageSize: number,
): Promise<void> {
  for (const { after, until } of keySlices(last - first + 1, pageSize)) {
    await addOwners(queries, kind, { after: first - 1 + after, until: first - 1 + until });
    // Lets a signal come in.
    await setImmediate();
  }
}

function countOf(kinds: readonly NamesOfKind[], kind: NameKind): number {
  const found = kinds.find((names) => names.kind === kind);
  return found === undefined ? 0 : found.last - found.first + 1;
}
