import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import type { Consent } from '../database/tables.ts';
import { allOf, happenedIn, ofContest, type ReportScope } from './report-scope-queries.ts';
import { referralStatusAt } from './status-at-queries.ts';

export async function countCustomers(queries: Queries): Promise<{ consent: Consent; customers: number }[]> {
  return queries
    .selectFrom('customers')
    .select(['consent', (eb) => eb.fn.countAll<number>().as('customers')])
    .where('erased_at', 'is', null)
    .groupBy('consent')
    .execute();
}

export async function countSuppressions(queries: Queries): Promise<number> {
  const { n } = await queries
    .selectFrom('suppressions')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  return n;
}

export async function countParticipants(queries: Queries, scope: ReportScope): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(distinct p.customer_ref) as n from participants p
    where ${allOf([ofContest(scope, 'p.contest_id')])}`.execute(queries);
  return rows[0]?.n ?? 0;
}

/** Referrers by how far they came: different people with a booking, a referral that stands or stood, an approved one. */
export async function countReferrers(
  queries: Queries,
  scope: ReportScope,
): Promise<{ booked: number; active: number; approved: number }> {
  const status = referralStatusAt(scope);
  const { rows } = await sql<{ booked: number; active: number; approved: number }>`
    select count(distinct case when x.booking_id is not null then x.referrer_ref end) as booked,
      count(distinct case when x.status not in ('rejected', 'expired') then x.referrer_ref end) as active,
      count(distinct case when x.status = 'approved' then x.referrer_ref end) as approved
    from (
      select r.referrer_ref, r.booking_id, ${status} as status
      from referrals r left join bookings b on b.id = r.booking_id
      where ${allOf([ofContest(scope, 'r.contest_id'), happenedIn(scope, 'r.booked_at')])}
    ) x`.execute(queries);
  return rows[0] ?? { booked: 0, active: 0, approved: 0 };
}

export async function countCodes(
  queries: Queries,
  scope: ReportScope,
): Promise<{ active: number; expired: number; revoked: number }> {
  const at = scope.asOf ?? scope.now;
  const { rows } = await sql<{ active: number; expired: number; revoked: number }>`
    select count(case when k.status = 'active' and k.expires_at > ${at} then 1 end) as active,
      count(case when k.status = 'expired' or (k.status = 'active' and k.expires_at <= ${at}) then 1 end) as expired,
      count(case when k.status = 'revoked' then 1 end) as revoked
    from codes k where ${allOf([ofContest(scope, 'k.contest_id')])}`.execute(queries);
  return rows[0] ?? { active: 0, expired: 0, revoked: 0 };
}

export async function countSignUps(queries: Queries, scope: ReportScope): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from sign_ups s
    where ${allOf([ofContest(scope, 's.contest_id'), happenedIn(scope, 's.signed_up_at')])}`.execute(queries);
  return rows[0]?.n ?? 0;
}

/** Members of every segment, erased customers left out; of a contest, its participants. */
export async function countSegmentMembers(
  queries: Queries,
  { contest }: ReportScope,
): Promise<{ name: string; members: number }[]> {
  const among =
    contest === null
      ? sql`1 = 1`
      : sql`exists (select 1 from participants p where p.contest_id = ${contest.id} and p.customer_ref = m.customer_ref)`;
  const { rows } = await sql<{ name: string; members: number }>`
    select s.name, count(c.id) as members
    from segments s
      left join segment_members m on m.segment_id = s.id and ${among}
      left join customers c on c.id = m.customer_ref and c.erased_at is null
    group by s.id, s.name order by s.name`.execute(queries);
  return rows;
}
