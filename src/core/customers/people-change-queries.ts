import type { Queries } from '../database/database.ts';
import { integersIn } from '../database/list-parameter.ts';
import type { Instant } from '../time.ts';

/** Withdraws the consent of customers who are not erased; says how many had not withdrawn it before. */
export async function withdrawConsent(
  transaction: Queries,
  keys: readonly number[],
  { now, source }: { readonly now: Instant; readonly source: string },
): Promise<number> {
  const result = await transaction
    .updateTable('customers')
    .set({ consent: 'withdrawn', consent_at: now, consent_source: source, updated_at: now })
    .where('id', 'in', integersIn(transaction, keys))
    .where('consent', '<>', 'withdrawn')
    .where('erased_at', 'is', null)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}
