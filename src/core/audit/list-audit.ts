import type { Selectable } from 'kysely';
import type { Queries } from '../database/database.ts';
import type { AuditLogTable } from '../database/tables.ts';
import { compileWhere } from '../selection/compile-where.ts';
import type { WhereFields } from '../selection/where-field.ts';
import type { Instant } from '../time.ts';
import { selectEntries } from './audit-queries.ts';

const FIELDS: WhereFields = {
  noun: 'audit entries',
  fields: {
    sequence: { type: 'integer', column: 'audit_log.sequence' },
    at: { type: 'time', column: 'audit_log.at' },
    run_id: { type: 'integer', column: 'audit_log.run_id' },
    operator: { type: 'text', column: 'audit_log.operator' },
    action: { type: 'text', column: 'audit_log.action' },
    subject: { type: 'text', column: 'audit_log.subject' },
  },
};

export interface AuditRow extends Omit<Selectable<AuditLogTable>, 'details'> {
  readonly details: object;
}

export interface AuditSelection {
  /** `--where` texts. */
  readonly where: readonly string[];
  readonly limit?: number | undefined;
  readonly offset: number;
  readonly now: Instant;
  readonly timezone?: string | undefined;
}

/** Audit entries, the newest first. Throws `usage` for a condition that is none. */
export async function listAudit(queries: Queries, selection: AuditSelection): Promise<AuditRow[]> {
  const { now, timezone = 'UTC' } = selection;
  const condition = await compileWhere(queries, selection.where, FIELDS, { now, timezone });
  const rows = await selectEntries(queries, condition, selection);
  return rows.map((row) => ({ ...row, details: JSON.parse(row.details) }));
}
