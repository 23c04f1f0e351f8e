import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import type { KeySlice } from '../database/key-slices.ts';
import { loadRows } from '../database/load-rows.ts';
import { numberType, readyNumbered } from '../database/numbered-rows.ts';
import type { NameKind } from './parse-name.ts';

/*
 * The names of a list wait in temporary tables of one connection: as they come in `listed_names`, then each once and in the order of its key in
 * `named`. Customers who are found come into `found_people`, then each once and in the order of their keys into `named_people`. What is
 * numbered in the order in which it is looked up or changed is read by number, a page after the other.
 */
const TABLES = ['listed_names', 'named', 'found_people', 'named_people'] as const;

const LISTED = { kind: 'text', key: 'text', address_key: 'text', typed: 'integer' } as const;

export interface ListedKey {
  readonly kind: NameKind;
  readonly key: string;
  /** An address to go by where nobody has the `customer_id`. */
  readonly address_key: string | null;
  /** Which of the typed names it is; null for those of a file. */
  readonly typed: number | null;
}

/** Makes the empty tables. */
export async function createNameStage(queries: Queries): Promise<void> {
  await dropNameStage(queries);
  const isSqlite = engineOf(queries) === 'sqlite';
  const place = sql.raw(`place ${numberType(queries)}`);
  const text = sql.raw(isSqlite ? 'text' : 'text collate "C"');
  const integer = sql.raw(isSqlite ? 'integer' : 'bigint');
  await sql`create temp table listed_names (kind ${text}, key ${text}, address_key ${text}, typed ${integer})`.execute(
    queries,
  );
  await sql`create temp table named (${place}, kind ${text}, key ${text}, has_address ${integer}, typed ${integer})`.execute(
    queries,
  );
  const found = sql`id ${integer}, by_address ${integer}, has_address ${integer}`;
  await sql`create temp table found_people (${found})`.execute(queries);
  await sql`create temp table named_people (${place}, ${found})`.execute(queries);
}

export async function dropNameStage(queries: Queries): Promise<void> {
  for (const table of TABLES) await sql`drop table if exists ${sql.raw(table)}`.execute(queries);
}

/** Adds names as they come. */
export async function fillNames(queries: Queries, names: readonly ListedKey[]): Promise<void> {
  await loadRows(
    queries,
    'listed_names',
    LISTED,
    names.map((name) => ({ ...name })),
  );
}

/** Names people by the addresses that came with these names, where nobody has the `customer_id`. */
export async function addOtherAddresses(queries: Queries): Promise<void> {
  await sql`insert into listed_names (kind, key) select 'address', n.address_key from listed_names n
    where n.address_key is not null
      and not exists (select 1 from customers c where c.customer_id = n.key)`.execute(queries);
}

/** How many names there are of each kind, and from which number on. */
export interface NamesOfKind {
  readonly kind: NameKind;
  readonly first: number;
  readonly last: number;
}

/** Puts each name once, in order, the addresses first; says where those of each kind are. */
export async function orderNames(queries: Queries): Promise<readonly NamesOfKind[]> {
  await sql`insert into named (kind, key, has_address, typed)
    select kind, key, max(case when address_key is null then 0 else 1 end), min(typed)
    from listed_names group by kind, key order by kind, key`.execute(queries);
  await sql`drop table listed_names`.execute(queries);
  await readyNumbered(queries, 'named');
  const { rows } = await sql<NamesOfKind>`select kind, min(place) as first, max(place) as last
    from named group by kind order by kind`.execute(queries);
  return rows;
}

const OWNERS: Readonly<Record<NameKind, RawBuilder<SqlBool>>> = {
  address: sql`c.address_key = n.key`,
  id: sql`c.customer_id = n.key`,
  link: sql`c.id = cast(n.key as bigint)`,
};
const HAS_ADDRESS = sql`case when c.address_key is null then 0 else 1 end`;

/** Finds the customers with names of this kind. */
export async function addOwners(queries: Queries, kind: NameKind, slice: KeySlice): Promise<void> {
  // SQLite begins with what is left of a cross join.
  await sql`insert into found_people (id, by_address, has_address)
    select c.id, ${sql.lit(kind === 'address' ? 1 : 0)}, ${HAS_ADDRESS} from named n cross join customers c
    where ${isIn('n', slice)} and n.kind = ${kind} and ${OWNERS[kind]}`.execute(queries);
}

/** Finds the customers for whom a condition on `customers` holds. */
export async function addPeopleWhere(queries: Queries, condition: Expression<SqlBool>): Promise<void> {
  await sql`insert into found_people (id, by_address, has_address)
    select id, 0, case when address_key is null then 0 else 1 end from customers where ${condition}`.execute(
    queries,
  );
}

/** Puts each customer once, in order; says how many there are, and of how many no address is known. */
export async function orderPeople(
  queries: Queries,
): Promise<{ readonly customers: number; readonly withoutAddress: number }> {
  await sql`insert into named_people (id, by_address, has_address)
    select id, max(by_address), max(has_address) from found_people group by id order by id`.execute(queries);
  await sql`drop table found_people`.execute(queries);
  await readyNumbered(queries, 'named_people');
  const { rows } = await sql<{ customers: number; addressed: number }>`select count(*) as customers,
    count(case when has_address = 1 then 1 end) as addressed from named_people`.execute(queries);
  const { customers, addressed } = rows[0] ?? { customers: 0, addressed: 0 };
  return { customers, withoutAddress: customers - addressed };
}

/** How many names of a kind nobody has, and which of the typed ones is the first of them. */
export async function findUnknown(
  queries: Queries,
  kind: NameKind,
): Promise<{ readonly count: number; readonly firstTyped: number | null }> {
  // A `customer_id` that came with an address went by that.
  const { rows } = await sql<{ count: number; first_typed: number | null }>`select count(*) as count,
      min(n.typed) as first_typed
    from named n where n.kind = ${kind} and n.has_address = 0
      and not exists (select 1 from customers c where ${OWNERS[kind]})`.execute(queries);
  const { count, first_typed } = rows[0] ?? { count: 0, first_typed: null };
  return { count, firstTyped: first_typed };
}

/** What the database says of a named customer. */
export interface NamedPerson {
  readonly id: number;
  readonly customer_id: string;
  readonly address_key: string | null;
}

/** Customers by their numbers. */
export async function listNamedSlice(queries: Queries, slice: KeySlice): Promise<readonly NamedPerson[]> {
  const { rows } = await sql<NamedPerson>`select c.id, c.customer_id, c.address_key
    from named_people n join customers c on c.id = n.id where ${isIn('n', slice)} order by n.place`.execute(
    queries,
  );
  return rows;
}

/** Addresses that were named, by their numbers. */
export async function listNamedAddresses(queries: Queries, slice: KeySlice): Promise<readonly string[]> {
  const { rows } = await sql<{ key: string }>`select n.key from named n
    where ${isIn('n', slice)} and n.kind = 'address' order by n.place`.execute(queries);
  return rows.map(({ key }) => key);
}

/** Addresses of customers who were named otherwise, by their numbers. */
export async function listOtherAddresses(queries: Queries, slice: KeySlice): Promise<readonly string[]> {
  const { rows } = await sql<{ address_key: string }>`select c.address_key
    from named_people n join customers c on c.id = n.id
    where ${isIn('n', slice)} and n.by_address = 0 and c.address_key is not null order by n.place`.execute(
    queries,
  );
  return rows.map(({ address_key }) => address_key);
}

function isIn(table: string, { after, until }: KeySlice): RawBuilder<SqlBool> {
  const place = sql.ref(`${table}.place`);
  return sql`${place} > ${after} and ${place} <= ${until}`;
}
