import type { Queries } from '../database/database.ts';
import type { CodeStatus } from '../database/tables.ts';
import type { Instant } from '../time.ts';
import { isCode, normaliseCode } from './code.ts';
import { findCodes } from './codes-queries.ts';
import { findNearestCodes } from './find-nearest-codes.ts';
import { codeNotFound } from './get-code.ts';

export interface CheckedCode {
  /** As the database writes it. */
  readonly code: string;
  readonly valid: boolean;
  /** Its status, or `check_symbol` when it is one slip or two wrong symbols away from real codes. */
  readonly reason: CodeStatus | 'check_symbol';
  readonly customer_id: string | null;
  readonly contest: string | null;
  readonly status: CodeStatus | null;
  readonly created_at: Instant | null;
  readonly expires_at: Instant | null;
  readonly nearest: readonly string[];
}

/** What there is to say about a code that a person wrote. Throws `not_found` when neither it nor a near one exists. */
export async function checkCode(queries: Queries, now: Instant, text: string): Promise<CheckedCode> {
  const code = normaliseCode(text);
  const [found] = await findCodes(queries, now, [code]);
  if (found !== undefined) {
    const { id: _, ...row } = found;
    return { ...row, valid: row.status === 'active', reason: row.status, nearest: [] };
  }
  const nearest = await findNearestCodes(queries, now, code);
  if (isCode(code) || nearest.length === 0) throw codeNotFound(code, nearest);
  return {
    ...{ code, valid: false, reason: 'check_symbol', customer_id: null, contest: null, status: null },
    ...{ created_at: null, expires_at: null, nearest },
  };
}
