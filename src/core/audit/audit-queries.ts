import { type Expression, type Selectable, type SqlBool, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import type { AuditLogTable } from '../database/tables.ts';
import type { Instant } from '../time.ts';

/** Keeps the chain to this transaction until it ends; on SQLite the write transaction does that. */
export async function lockAudit(queries: Queries): Promise<void> {
  if (engineOf(queries) !== 'postgres') return;
  await sql`select pg_advisory_xact_lock(hashtext('referral.audit'))`.execute(queries);
}

export async function findHead(
  queries: Queries,
): Promise<Pick<Selectable<AuditLogTable>, 'sequence' | 'hash'> | undefined> {
  return queries
    .selectFrom('audit_log')
    .select(['sequence', 'hash'])
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export async function insertEntry(queries: Queries, row: AuditLogTable): Promise<void> {
  await queries.insertInto('audit_log').values(row).execute();
}

/** The next `limit` entries after a sequence number, oldest first. */
export async function listEntriesAfter(
  queries: Queries,
  sequence: number,
  limit: number,
): Promise<Selectable<AuditLogTable>[]> {
  return queries
    .selectFrom('audit_log')
    .selectAll()
    .where('sequence', '>', sequence)
    .orderBy('sequence')
    .limit(limit)
    .execute();
}

export async function selectEntries(
  queries: Queries,
  condition: Expression<SqlBool>,
  { limit = Number.MAX_SAFE_INTEGER, offset }: { limit?: number | undefined; offset: number },
): Promise<Selectable<AuditLogTable>[]> {
  return queries
    .selectFrom('audit_log')
    .selectAll()
    .where(condition)
    .orderBy('sequence', 'desc')
    .limit(limit)
    .offset(offset)
    .execute();
}

export async function findEntryHash(queries: Queries, sequence: number): Promise<string | undefined> {
  const row = await queries
    .selectFrom('audit_log')
    .select('hash')
    .where('sequence', '=', sequence)
    .executeTakeFirst();
  return row?.hash;
}

/** The newest entry before a time that is not the newest of all, or undefined when there is none. */
export async function findLastBefore(
  queries: Queries,
  before: Instant,
): Promise<Pick<Selectable<AuditLogTable>, 'sequence' | 'hash'> | undefined> {
  // The first entry that stays, not the last old one: the times of two machines may go back and forth.
  const { first } = await queries
    .selectFrom('audit_log')
    .select((eb) => eb.fn.min<number | null>('sequence').as('first'))
    .where('at', '>=', before)
    .executeTakeFirstOrThrow();
  const newest = await findHead(queries);
  if (newest === undefined) return undefined;
  return queries
    .selectFrom('audit_log')
    .select(['sequence', 'hash'])
    .where('sequence', '<', Math.min(first ?? newest.sequence, newest.sequence))
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export async function countEntriesUpTo(queries: Queries, sequence: number): Promise<number> {
  const { count } = await queries
    .selectFrom('audit_log')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('sequence', '<=', sequence)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/**
 * Deletes the entries up to a sequence number, which the table's own trigger refuses: the trigger is out of the way for
 * this one statement, within the transaction, and the same as before when that ends. Owners of the table only.
 */
export async function deleteEntriesUpTo(queries: Queries, sequence: number): Promise<void> {
  const remove = queries.deleteFrom('audit_log').where('sequence', '<=', sequence);
  if (engineOf(queries) === 'postgres') {
    await sql`alter table audit_log disable trigger audit_log_refuses_change`.execute(queries);
    await remove.execute();
    await sql`alter table audit_log enable trigger audit_log_refuses_change`.execute(queries);
    return;
  }
  const { rows } = await sql<{
    sql: string;
  }>`select sql from sqlite_schema where type = 'trigger' and name = 'audit_log_refuses_delete'`.execute(
    queries,
  );
  await sql`drop trigger audit_log_refuses_delete`.execute(queries);
  await remove.execute();
  for (const row of rows) await sql.raw(row.sql).execute(queries);
}
