import { type Expression, type Selectable, type SqlBool, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import type { AuditLogTable } from '../database/tables.ts';

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
