import type { JsonColumnType } from '../database/rows-of-json.ts';
import type { Instant } from '../time.ts';

/** An entry to be written. */
export interface EntryRow {
  readonly idempotency_key: string;
  readonly content_sha256: string;
  readonly contest_id: number;
  readonly customer_ref: number;
  readonly reward_id: number;
  readonly kind: string;
  readonly from_account: string;
  readonly to_account: string;
  readonly amount_minor: number;
  readonly currency: string;
  readonly reason: string;
  readonly payout_id: number | null;
  readonly run_id: number | null;
  readonly recorded_at: Instant;
}

/** The columns of an entry, and how they travel to the database. */
export const ENTRY_COLUMNS: Readonly<Record<keyof EntryRow, JsonColumnType>> = {
  idempotency_key: 'text',
  content_sha256: 'text',
  contest_id: 'integer',
  customer_ref: 'integer',
  reward_id: 'integer',
  kind: 'text',
  from_account: 'text',
  to_account: 'text',
  amount_minor: 'integer',
  currency: 'text',
  reason: 'text',
  payout_id: 'integer',
  run_id: 'integer',
  recorded_at: 'time',
};
