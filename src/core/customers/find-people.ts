import { setImmediate } from 'node:timers/promises';
import type { Queries } from '../database/database.ts';
import { chunksOf } from '../database/in-chunks.ts';
import { ReferralError } from '../errors.ts';
import { compileWhere } from '../selection/compile-where.ts';
import { customerFields } from '../selection/customer-fields.ts';
import type { Keyring } from '../settings/keyring.ts';
import { readUnsubscribeToken } from '../suppressions/unsubscribe-token.ts';
import type { Instant } from '../time.ts';
import { parseAddress } from './address-key.ts';
import {
  listPeopleByAddress,
  listPeopleById,
  listPeopleByKey,
  listPeopleWhere,
  type Person,
} from './people-queries.ts';
import type { ListedName } from './read-names-file.ts';

export type { Person } from './people-queries.ts';

/** Looked up by one statement. */
const CHUNK = 5_000;

/** How people are named on the command line. */
export interface PeopleNames {
  /** `customer_id`s, addresses or (with a keyring) unsubscribe links, as typed. */
  readonly typed: readonly string[];
  /** The same, from a file: who is not known is counted instead of refused. */
  readonly listed: readonly ListedName[];
  /** `--where` texts. */
  readonly where: readonly string[];
}

export interface FindOptions {
  readonly now: Instant;
  readonly timezone: string | undefined;
  /** Reads unsubscribe tokens and links. */
  readonly keyring?: Keyring;
  /**
   * An address that belongs to no customer is fine: suppression needs none. So is a row of a file whose `customer_id` nobody has, such as
   * the id of another system, when it has an address.
   */
  readonly allowStrangers: boolean;
}

export interface FoundPeople {
  /** Each customer once, by `customer_id`. */
  readonly people: readonly Person[];
  /** Address keys that were named and belong to no customer. */
  readonly strangers: readonly string[];
  /** How many names of the file nobody has. */
  readonly notFound: number;
}

interface Sorted {
  readonly ids: Map<string, string>;
  readonly addresses: Map<string, string>;
  readonly keys: Map<number, string>;
}

/** Who is meant. Throws `usage` when nobody is named, `not_found` for a typed name that nobody has. */
export async function findPeople(
  queries: Queries,
  names: PeopleNames,
  options: FindOptions,
): Promise<FoundPeople> {
  const { typed, listed, where } = names;
  if (typed.length + listed.length + where.length === 0) {
    throw new ReferralError('usage', 'Nobody is named', {
      hint: 'Name customer_ids or addresses, or use --file FILE or --where "consent = withdrawn".',
    });
  }
  const sorted = sortNames([...typed, ...listed.map(({ name }) => name)], options.keyring);
  const people = new Map<number, Person>();
  const byId = await listIn([...sorted.ids.keys()], (some) => listPeopleById(queries, some));
  for (const person of byId) sorted.ids.delete(person.customer_id);
  if (options.allowStrangers) nameByAddress(sorted, listed);
  const byAddress = await listIn([...sorted.addresses.keys()], (some) => listPeopleByAddress(queries, some));
  const byKey = await listIn([...sorted.keys.keys()], (some) => listPeopleByKey(queries, some));
  for (const person of [...byId, ...byAddress, ...byKey]) people.set(person.id, person);
  if (where.length > 0) {
    const condition = await compileWhere(queries, where, customerFields, options);
    for (const person of await listPeopleWhere(queries, condition)) people.set(person.id, person);
  }
  for (const person of byAddress) sorted.addresses.delete(person.address_key ?? '');
  for (const person of byKey) sorted.keys.delete(person.id);

  const strangers = options.allowStrangers ? [...sorted.addresses.keys()] : [];
  const unknown = [
    ...sorted.ids.values(),
    ...sorted.keys.values(),
    ...(options.allowStrangers ? [] : sorted.addresses.values()),
  ];
  const typedNames = new Set(typed);
  const firstUnknown = unknown.find((name) => typedNames.has(name));
  if (firstUnknown !== undefined) throw nobody(firstUnknown);
  return { people: [...people.values()].sort(byCustomerId), strangers, notFound: unknown.length };
}

/** A list may be long: neither a statement nor the wait for its answer should be. */
async function listIn<Name>(
  names: readonly Name[],
  list: (some: readonly Name[]) => Promise<readonly Person[]>,
): Promise<readonly Person[]> {
  const found: Person[] = [];
  for (const some of chunksOf(names, CHUNK)) {
    for (const person of await list(some)) found.push(person);
    // Lets a signal come in.
    await setImmediate();
  }
  return found;
}

/** Which names are addresses, links or ids; each with the text as it was written. */
function sortNames(names: readonly string[], keyring: Keyring | undefined): Sorted {
  const sorted: Sorted = { ids: new Map(), addresses: new Map(), keys: new Map() };
  for (const name of names) {
    const address = parseAddress(name);
    const key =
      keyring === undefined || address !== undefined ? undefined : readUnsubscribeToken(keyring, name);
    if (address !== undefined) sorted.addresses.set(address.address_key, name);
    else if (key !== undefined) sorted.keys.set(key, name);
    else sorted.ids.set(name.trim(), name);
  }
  return sorted;
}

/** Takes the address of a row for its `customer_id`, where nobody has that. */
function nameByAddress({ ids, addresses }: Sorted, listed: readonly ListedName[]): void {
  const unknown = new Set(ids.keys());
  for (const { name, address } of listed) {
    const parsed = address === undefined || !unknown.has(name.trim()) ? undefined : parseAddress(address);
    if (address === undefined || parsed === undefined) continue;
    ids.delete(name.trim());
    addresses.set(parsed.address_key, address);
  }
}

function byCustomerId(a: Person, b: Person): number {
  return a.customer_id < b.customer_id ? -1 : 1;
}

function nobody(name: string): ReferralError {
  const what = name.includes('@') ? 'address' : 'customer_id';
  return new ReferralError('not_found', `There is no customer "${name}"`, {
    reason: `No customer has this ${what}.`,
    hint: 'Look for them: referral customers list --where "email ~ PART"',
  });
}
