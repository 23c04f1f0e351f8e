import { canonicalJson, sha256 } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import { saveMeta } from '../database/meta-queries.ts';
import { findHead, insertEntry, lockAudit } from './audit-queries.ts';
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
  await lockAudit(queries);
  const head = await findHead(queries);
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
  const hash = auditHash(row);
  await insertEntry(queries, { ...row, hash });
  // The newest entry leaves its mark outside of the log, so that cutting off the end of the log is noticed.
  await saveMeta(queries, 'audit_head', `${row.sequence}:${hash}`);
}

/** SHA-256 over the canonical JSON of an entry without its own hash. */
export function auditHash(row: Readonly<Record<string, unknown>>): string {
  return sha256(canonicalJson(row));
}
