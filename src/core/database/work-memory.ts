import { sql } from 'kysely';
import type { Queries } from './database.ts';
import { engineOf } from './engine-of.ts';
import type { Tables } from './tables.ts';

/** What SQLite may hold of the database while much is loaded, in KiB, and as much again for each half of a sort. */
const CACHE_KIBIBYTES = 32_768;
/** What PostgreSQL may use for a sort or join. */
const SERVER_MEMORY = '64MB';
/** Pages; what is left of the cache while changed pages are written. */
const SMALLEST_CACHE = 10;
/** Rows that fill the cache, however short they are. */
const ROWS_OF_CACHE = 500_000;

/**
 * Memory for sorts, joins and pages that are asked for in random order, and on SQLite a second thread, which sorts one part of many rows while the
 * next is gathered: until the end of the transaction, on SQLite of the connection.
 */
export async function allowMemory(queries: Queries): Promise<void> {
  if (engineOf(queries) === 'postgres') {
    await sql`set local work_mem = ${sql.lit(SERVER_MEMORY)}`.execute(queries);
    return;
  }
  await setCache(queries, -CACHE_KIBIBYTES);
  await sql`pragma threads = 1`.execute(queries);
}

/** PostgreSQL: the same for a connection, until `resetServerMemory`. */
export async function allowServerMemory(queries: Queries): Promise<void> {
  if (engineOf(queries) === 'postgres') {
    await sql`set work_mem = ${sql.lit(SERVER_MEMORY)}`.execute(queries);
  }
}

export async function resetServerMemory(queries: Queries): Promise<void> {
  if (engineOf(queries) === 'postgres') await sql`reset work_mem`.execute(queries);
}

/**
 * SQLite, after `allowMemory` and within a transaction that has loaded much: writes the pages that it changed to its log. They stay in the cache until
 * nine tenths of it are such, and what is looked up again and again has to do with the rest: two million reads in an import of a million
 * bookings. There is no statement for it. In a tiny cache each page that is read makes one that was changed go, so rows of `table`, which is large, are read. PostgreSQL does it by itself.
 */
export async function writeChangedPages(queries: Queries, table: keyof Tables): Promise<void> {
  if (engineOf(queries) !== 'sqlite') return;
  await setCache(queries, SMALLEST_CACHE);
  await sql`select count(*) from (select 1 from ${sql.table(table)} not indexed limit ${ROWS_OF_CACHE})`.execute(
    queries,
  );
  await setCache(queries, -CACHE_KIBIBYTES);
}

async function setCache(queries: Queries, size: number): Promise<void> {
  await sql`pragma cache_size = ${sql.lit(size)}`.execute(queries);
}
