import { sql } from 'kysely';
import { canonicalJson, sha256 } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import type { Run } from './run.ts';

export interface AuditEntry {
  /** What was done, in glossary words: `customers.imported`, `contest.launched`. */
  readonly action: string;
  /** To what: a slug, a file name; never personal data, since audit entries outlive erasure. */
  readonly subject: string;
  /** Counts and digests; no personal data. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** The hash before the first entry. */
export const AUDIT_GENESIS = '0'.repeat(64);

/**
 * Appends one entry to the audit log, chained to the one before by SHA-256. Call it inside the transaction of the
 * change itself, as its last statement: on PostgreSQL the chain is locked until that transaction ends.
 */
export async function appendAudit(
  queries: Queries,
  clock: Clock,
  run: Run,
  entry: AuditEntry,
): Promise<void> {
  if (engineOf(queries) === 'postgres') {
    await sql`select pg_advisory_xact_lock(hashtext('referral.audit'))`.execute(queries);
  }
  const head = await queries
    .selectFrom('audit_log')
    .select(['sequence', 'hash'])
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  const row = {
    sequence: (head?.sequence ?? 0) + 1,
    at: clock.now(),
    run_id: run.id,
    operator: run.operator,
    action: entry.action,
    subject: entry.subject,
    details: canonicalJson(entry.details),
    previous_hash: head?.hash ?? AUDIT_GENESIS,
  };
  await queries
    .insertInto('audit_log')
    .values({ ...row, hash: auditHash(row) })
    .execute();
}

/** SHA-256 over the canonical JSON of an entry without its own hash. */
export function auditHash(row: Readonly<Record<string, unknown>>): string {
  return sha256(canonicalJson(row));
}
