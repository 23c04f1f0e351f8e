import type { Selectable } from 'kysely';
import type { Queries } from '../database/database.ts';
import { findMeta } from '../database/meta-queries.ts';
import type { AuditLogTable } from '../database/tables.ts';
import { AUDIT_GENESIS, auditHash } from './append-audit.ts';
import { listEntriesAfter } from './audit-queries.ts';

export interface AuditProblem {
  /** The sequence number at which the chain does not hold. */
  readonly sequence: number;
  readonly problem: 'edited' | 'missing' | 'not_chained';
  readonly explanation: string;
}

export interface AuditVerification {
  readonly intact: boolean;
  readonly entries: number;
  readonly head: { readonly sequence: number; readonly hash: string } | null;
  readonly problems: readonly AuditProblem[];
}

const PAGE = 2_000;
const ENOUGH = 100;

/**
 * Walks the audit log from its first entry and checks that each hash is that of its entry, that each entry names the hash
 * before it, that no sequence number is left out, and that the newest entry is the one last written. Lists the first
 * hundred problems. Memory stays flat.
 */
export async function verifyAudit(queries: Queries): Promise<AuditVerification> {
  const problems: AuditProblem[] = [];
  let entries = 0;
  let head = { sequence: 0, hash: AUDIT_GENESIS };
  for (;;) {
    const page = await listEntriesAfter(queries, head.sequence, PAGE);
    for (const entry of page) {
      problems.push(...checkEntry(entry, head));
      head = { sequence: entry.sequence, hash: entry.hash };
      entries += 1;
    }
    if (page.length < PAGE) break;
  }
  problems.push(...checkEnd(head, await findMeta(queries, 'audit_head')));
  return {
    intact: problems.length === 0,
    entries,
    head: entries === 0 ? null : head,
    problems: problems.slice(0, ENOUGH),
  };
}

/** What is wrong with an entry that stands after `before`. */
export function checkEntry(
  { hash, ...row }: Selectable<AuditLogTable>,
  before: { readonly sequence: number; readonly hash: string },
): AuditProblem[] {
  const problems: AuditProblem[] = [];
  const { sequence } = row;
  const missing = sequence - before.sequence - 1;
  if (missing > 0) {
    const which =
      missing === 1 ? `entry ${sequence - 1} is` : `entries ${before.sequence + 1} to ${sequence - 1} are`;
    problems.push({ sequence: before.sequence + 1, problem: 'missing', explanation: `${which} not there` });
  }
  if (auditHash(row) !== hash) {
    problems.push({ sequence, problem: 'edited', explanation: `entry ${sequence} is not what was written` });
  }
  if (missing === 0 && row.previous_hash !== before.hash) {
    problems.push({
      sequence,
      problem: 'not_chained',
      explanation: `entry ${sequence} does not follow the entry before it`,
    });
  }
  return problems;
}

function checkEnd(head: { sequence: number; hash: string }, mark: string | undefined): AuditProblem[] {
  const expected = mark ?? `0:${AUDIT_GENESIS}`;
  if (expected === `${head.sequence}:${head.hash}`) return [];
  const sequence = Number(expected.split(':')[0]);
  if (sequence > head.sequence) {
    const explanation = `the log ends at ${head.sequence}, but ${sequence} entries were written`;
    return [{ sequence: head.sequence + 1, problem: 'missing', explanation }];
  }
  const explanation = `entry ${head.sequence} was not written by this program`;
  return [{ sequence: head.sequence, problem: 'not_chained', explanation }];
}
