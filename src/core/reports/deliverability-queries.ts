import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { reportedMails } from './mail-queries.ts';
import { campaignCounts, type ReportScope } from './report-scope-queries.ts';
import { deliveryStatusAt } from './status-at-queries.ts';

export interface ClassCount {
  /** A class of recipient domains, as in the setting `sending.domain_classes`. */
  readonly class: string;
  readonly accepted: number;
  readonly refused: number;
  readonly delivered: number;
  readonly opened: number;
  readonly clicked: number;
  readonly bounced: number;
  readonly complained: number;
  readonly unsubscribed: number;
}

/** Mails by the class of the recipient's domain. */
export async function countByClass(queries: Queries, scope: ReportScope): Promise<ClassCount[]> {
  const marked = ['delivered', 'opened', 'clicked', 'bounced', 'complained', 'unsubscribed'].map(
    (name) => sql`coalesce(sum(x.${sql.ref(name)}), 0) as ${sql.ref(name)}`,
  );
  return scope.kept.rows<ClassCount>(
    queries,
    ['campaigns', 'deliveries', 'events'],
    sql`select d.domain_class as class,
      count(case when ${deliveryStatusAt(scope)} = 'accepted' then 1 end) as accepted,
      count(case when ${deliveryStatusAt(scope)} = 'refused' then 1 end) as refused, ${sql.join(marked)}
    from deliveries d join campaigns c on c.id = d.campaign_id
      left join ${reportedMails(queries, scope)} x on x.delivery_id = d.id
    where ${campaignCounts(scope)} group by d.domain_class order by d.domain_class`,
  );
}

/** What was given as the reason of a bounce, as the provider wrote it, and of how many mails. */
export async function listBounceReasons(
  queries: Queries,
  scope: ReportScope,
): Promise<{ reason: string | null; mails: number }[]> {
  return scope.kept.rows(
    queries,
    ['campaigns', 'deliveries', 'events'],
    sql`select e.reason, count(distinct e.delivery_id) as mails
    from ${reportedMails(queries, scope)} x cross join events e cross join deliveries d cross join campaigns c
    where x.bounced = 1 and e.delivery_id = x.delivery_id and e.type = 'bounced' and d.id = x.delivery_id
      and c.id = d.campaign_id and ${campaignCounts(scope)}
      and ${scope.asOf === null ? sql`1 = 1` : sql`e.occurred_at <= ${scope.asOf}`}
    group by e.reason order by 2 desc, 1`,
  );
}
