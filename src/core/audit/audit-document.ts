import type { Selectable } from 'kysely';
import { canonicalJson } from '../canonical-json.ts';
import type { AuditLogTable } from '../database/tables.ts';
import { ReferralError } from '../errors.ts';

/** Where a chain of entries stands: after this entry, with this hash. */
export interface AuditHead {
  readonly sequence: number;
  readonly hash: string;
}

export type AuditLine = Selectable<AuditLogTable>;

/** An entry as one line of an export: every column as it was hashed, so that anybody can compute the hash again. */
export function formatAuditLine(entry: AuditLine): string {
  return `${canonicalJson(entry)}\n`;
}

const HASH = /^[0-9a-f]{64}$/;

/** An entry from a line of an export. Throws `input_unusable`. */
export function parseAuditLine(line: string, where: string): AuditLine {
  const value = parseJson(line, where);
  if (isEntry(value)) return value;
  throw unusable(where, 'it is not an entry of the audit log');
}

/**
 * The head that a document names: `{sequence, hash}` itself, the result of `audit verify` (`head`), or the manifest of a backup
 * (`audit`). Throws `input_unusable`.
 */
export function parseAuditHead(text: string, where: string): AuditHead {
  const document = parseJson(text.replace(/^\uFEFF/, ''), where);
  const parts = document as {
    readonly head?: unknown;
    readonly audit?: unknown;
    readonly audit_head?: unknown;
  };
  for (const value of [document, parts.head, parts.audit, parts.audit_head]) if (isHead(value)) return value;
  throw unusable(where, 'it names no head: {"sequence": 12, "hash": "…"}');
}

function parseJson(text: string, where: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch (cause) {
    throw unusable(where, cause instanceof Error ? cause.message : String(cause));
  }
  throw unusable(where, 'it is not a JSON object');
}

function isHead(value: unknown): value is AuditHead {
  if (typeof value !== 'object' || value === null) return false;
  const { sequence, hash } = value as Partial<AuditHead>;
  return Number.isInteger(sequence) && typeof hash === 'string' && HASH.test(hash);
}

function isEntry(value: object): value is AuditLine {
  const { at, operator, action, subject, details, previous_hash } = value as Partial<AuditLine>;
  const texts = [at, operator, action, subject, details, previous_hash];
  return isHead(value) && texts.every((text) => typeof text === 'string') && 'run_id' in value;
}

function unusable(where: string, reason: string): ReferralError {
  return new ReferralError('input_unusable', `${where} can't be used`, {
    reason,
    hint: 'Heads are written by: referral audit verify --json; entries by: referral audit export',
  });
}
