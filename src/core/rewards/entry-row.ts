import type { JsonColumnType } from '../database/rows-of-json.ts';
import type { EntryContent } from './ledger.ts';

/** An entry to be written: its content, with keys for what others call by name. */
export interface EntryRow extends Omit<EntryContent, 'reward' | 'contest' | 'payout'> {
  readonly content_sha256: string;
  readonly contest_id: number;
  readonly reward_id: number;
  readonly payout_id: number | null;
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
