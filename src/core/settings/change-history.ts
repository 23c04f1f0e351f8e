import { listAudit } from '../audit/list-audit.ts';
import type { Queries } from '../database/database.ts';
import type { Instant } from '../time.ts';

export interface HistoryRow {
  readonly at: Instant;
  readonly name: string;
  /** What it was, and what it became; null is the default, or not on record. */
  readonly from: unknown;
  readonly to: unknown;
  readonly operator: string;
  readonly run_id: number | null;
}

export interface HistoryOptions {
  readonly kind: 'setting' | 'flag';
  readonly name?: string | undefined;
  readonly limit?: number | undefined;
  readonly offset: number;
  readonly now: Instant;
}

/** Who changed which setting or flag when, the newest first, from the audit log. */
export async function listHistory(queries: Queries, options: HistoryOptions): Promise<HistoryRow[]> {
  const { kind, name, limit, offset, now } = options;
  const actions = kind === 'setting' ? 'setting.set, setting.unset' : 'flag.set';
  const where = [`action in ${actions}`, ...(name === undefined ? [] : [`subject = "${name}"`])];
  const entries = await listAudit(queries, { where, limit, offset, now });
  return entries.map(({ at, subject, details, operator, run_id }) => {
    const { from = null, value, enabled } = details as { from?: unknown; value?: unknown; enabled?: unknown };
    return { at, name: subject, from, to: value ?? enabled ?? null, operator, run_id };
  });
}
