import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import type { KeySlice } from '../database/key-slices.ts';
import { loadRows } from '../database/load-rows.ts';
import { numberType, readyNumbered } from '../database/numbered-rows.ts';

/*
 * The hashes of many addresses wait in temporary tables of a transaction: as they come in `listed_hashes`, then each once and numbered in the order of
 * the index of suppressions in `address_hashes`.
 */
const HASHES = { hash: 'text', earlier: 'text' } as const;

/** Makes the empty tables. */
export async function createHashStage(queries: Queries): Promise<void> {
  await dropHashStage(queries);
  const isSqlite = engineOf(queries) === 'sqlite';
  const columns = sql.raw(isSqlite ? 'hash text, earlier text' : 'hash text collate "C", earlier text');
  const place = sql.raw(`place ${numberType(queries)}`);
  const end = sql.raw(isSqlite ? '' : ' on commit drop');
  await sql`create temp table listed_hashes (${columns})${end}`.execute(queries);
  await sql`create temp table address_hashes (${place}, ${columns})${end}`.execute(queries);
}

export async function dropHashStage(queries: Queries): Promise<void> {
  await sql`drop table if exists listed_hashes`.execute(queries);
  await sql`drop table if exists address_hashes`.execute(queries);
}

/** Hashes of an address. */
export interface AddressHashes {
  /** Under the current key. */
  readonly hash: string;
  /** Under the keys before it. */
  readonly earlier: readonly string[];
}

/** Adds hashes as they come. */
export async function fillHashes(queries: Queries, added: readonly AddressHashes[]): Promise<void> {
  const rows = added.map(({ hash, earlier }) => ({ hash, earlier: earlier.join(' ') }));
  await loadRows(queries, 'listed_hashes', HASHES, rows);
}

/** Puts each address once, in order; says how many there are. */
export async function orderHashes(queries: Queries): Promise<number> {
  const { numAffectedRows } = await sql`insert into address_hashes (hash, earlier)
    select hash, min(earlier) from listed_hashes group by hash order by hash`.execute(queries);
  await sql`drop table listed_hashes`.execute(queries);
  await readyNumbered(queries, 'address_hashes');
  return Number(numAffectedRows ?? 0);
}

/** Hashes by their numbers. */
export async function listHashSlice(
  queries: Queries,
  { after, until }: KeySlice,
): Promise<readonly AddressHashes[]> {
  const { rows } = await sql<{ hash: string; earlier: string }>`select hash, earlier from address_hashes
    where place > ${after} and place <= ${until} order by place`.execute(queries);
  return rows.map(({ hash, earlier }) => ({ hash, earlier: earlier === '' ? [] : earlier.split(' ') }));
}
