import { setImmediate } from 'node:timers/promises';
import type { Queries } from '../database/database.ts';
import { chunksOf } from '../database/in-chunks.ts';
import { compileWhere, type WhereOptions } from '../selection/compile-where.ts';
import { customerFields } from '../selection/customer-fields.ts';
import { parseName } from './parse-name.ts';
import { assertSomebodyIsNamed, noCustomer, type PeopleNames } from './people-names.ts';
import { listPeopleByAddress, listPeopleById, listPeopleWhere, type Person } from './people-queries.ts';

/** Looked up by one statement. */
const CHUNK = 5_000;

/**
 * Who is meant, each once and by `customer_id`, for those who show them all; nothing is written. Throws `usage` when nobody is named, `not_found` for a
 * typed name that nobody has.
 */
export async function listNamedPeople(
  queries: Queries,
  { typed, listed, where }: PeopleNames,
  options: WhereOptions,
): Promise<readonly Person[]> {
  const names = [...typed];
  for await (const some of listed) for (const { name } of some) names.push(name);
  assertSomebodyIsNamed(names.length + where.length);
  const keys = { id: new Set<string>(), address: new Set<string>() };
  for (const name of names) {
    const { kind, key } = parseName(name);
    keys[kind === 'address' ? 'address' : 'id'].add(key);
  }
  const byId = await listIn([...keys.id], (some) => listPeopleById(queries, some));
  const byAddress = await listIn([...keys.address], (some) => listPeopleByAddress(queries, some));
  const people = new Map([...byId, ...byAddress].map((person) => [person.id, person]));
  if (where.length > 0) {
    const condition = await compileWhere(queries, where, customerFields, options);
    for (const person of await listPeopleWhere(queries, condition)) people.set(person.id, person);
  }
  const known = new Set([
    ...byId.map((person) => person.customer_id),
    ...byAddress.map((person) => person.address_key),
  ]);
  const unknown = typed.map((name) => ({ name, ...parseName(name) })).filter(({ key }) => !known.has(key));
  const first = unknown.find(({ kind }) => kind !== 'address') ?? unknown[0];
  if (first !== undefined) throw noCustomer(first.name);
  return [...people.values()].sort((a, b) => (a.customer_id < b.customer_id ? -1 : 1));
}

/** A list may be long: neither a statement nor the wait for its answer should be. */
async function listIn(
  names: readonly string[],
  list: (some: readonly string[]) => Promise<readonly Person[]>,
): Promise<readonly Person[]> {
  const found: Person[] = [];
  for (const some of chunksOf(names, CHUNK)) {
    for (const person of await list(some)) found.push(person);
    // Lets a signal come in.
    await setImmediate();
  }
  return found;
}
