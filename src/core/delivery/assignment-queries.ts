import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { integersIn } from '../database/list-parameter.ts';
import { rowsOfJson } from '../database/rows-of-json.ts';
import type { Instant } from '../time.ts';

/** Freezes who of a page is held out of a campaign. */
export async function insertHoldouts(
  queries: Queries,
  campaignId: number,
  now: Instant,
  customerRefs: readonly number[],
): Promise<void> {
  const at = engineOf(queries) === 'postgres' ? sql`${now}::timestamptz` : sql`${now}`;
  await sql`insert into holdouts (campaign_id, customer_ref, held_at)
    select ${sql.lit(campaignId)}, id, ${at} from customers where id in ${integersIn(queries, customerRefs)}`.execute(
    queries,
  );
}

/** A delivery whose variant was drawn, with how likely that was. */
export interface DrawnDelivery {
  readonly id: number;
  readonly variant: string;
  readonly propensity: number;
}

/** Writes down what a bandit drew for deliveries that nobody has claimed yet; what has a variant keeps it. */
export async function saveDrawn(queries: Queries, drawn: readonly DrawnDelivery[]): Promise<void> {
  const columns = { id: 'integer', variant: 'text', propensity: 'real' } as const;
  await sql`update deliveries set variant = r.variant, propensity = r.propensity
    from ${rowsOfJson(
      queries,
      'r',
      columns,
      drawn.map(({ id, variant, propensity }) => ({ id, variant, propensity })),
    )}
    where deliveries.id = r.id and deliveries.variant = '' and deliveries.status = 'pending'`.execute(
    queries,
  );
}

/** What the mails of these customers are chosen by, as it was frozen; null where nothing was. */
export function listChosenBy(queries: Queries, campaignId: number, customerRefs: readonly number[]) {
  return queries
    .selectFrom('deliveries')
    .select(['customer_ref', 'chosen_by'])
    .where('customer_ref', 'in', integersIn(queries, customerRefs))
    .where('campaign_id', '=', campaignId)
    .execute();
}
