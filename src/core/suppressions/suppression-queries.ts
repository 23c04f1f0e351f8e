import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { isOneOfTexts, textsIn } from '../database/list-parameter.ts';
import { rowsOfJson } from '../database/rows-of-json.ts';
import type { SuppressionsTable } from '../database/tables.ts';

export type NewSuppression = Omit<SuppressionsTable, 'id'>;

/** Is there any suppression at all? */
export async function hasSuppressions(queries: Queries): Promise<boolean> {
  const row = await queries.selectFrom('suppressions').select('id').limit(1).executeTakeFirst();
  return row !== undefined;
}

/** Which of these hashes are suppressed. */
export async function findHashes(queries: Queries, hashes: readonly string[]): Promise<string[]> {
  const rows = await queries
    .selectFrom('suppressions')
    .select('address_hash')
    .where(isOneOfTexts(queries, 'address_hash', hashes))
    .execute();
  return rows.map((row) => row.address_hash);
}

/** Adds suppressions that are not there yet; says how many were added. */
export async function insertSuppressions(queries: Queries, rows: readonly NewSuppression[]): Promise<number> {
  if (rows.length === 0) return 0;
  const columns = {
    address_hash: 'text',
    key_id: 'text',
    reason: 'text',
    source: 'text',
    created_at: 'time',
    run_id: 'integer',
  } as const;
  const result = await sql`insert into suppressions (address_hash, key_id, reason, source, created_at, run_id)
    select address_hash, key_id, reason, source, created_at, run_id from ${rowsOfJson(queries, 'added', columns, rows)}
    where true on conflict (address_hash) do nothing`.execute(queries);
  return Number(result.numAffectedRows ?? 0);
}

/** Takes suppressions away; says how many there were. */
export async function deleteHashes(queries: Queries, hashes: readonly string[]): Promise<number> {
  const result = await queries
    .deleteFrom('suppressions')
    .where(isOneOfTexts(queries, 'address_hash', hashes))
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

/** Why and since when a hash is suppressed. */
export function listSuppressionsOf(queries: Queries, hashes: readonly string[]) {
  return queries
    .selectFrom('suppressions')
    .select(['reason', 'source', 'created_at'])
    .where('address_hash', 'in', textsIn(queries, hashes))
    .orderBy('created_at')
    .execute();
}

/** Up to `limit` hashes of suppressed addresses. */
export async function listHashes(queries: Queries, limit: number): Promise<readonly string[]> {
  const rows = await queries.selectFrom('suppressions').select('address_hash').limit(limit).execute();
  return rows.map((row) => row.address_hash);
}
