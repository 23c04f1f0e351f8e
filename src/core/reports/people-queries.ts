import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import type { Consent } from '../database/tables.ts';
import type { Instant } from '../time.ts';
import { allOf, happenedIn, ofContest, type ReportScope } from './report-scope-queries.ts';
import { bookingForStatus, referralStatusAt } from './status-at-queries.ts';

export async function countCustomers(
  queries: Queries,
  { kept }: ReportScope,
): Promise<{ consent: Consent; customers: number }[]> {
  return kept.rows<{ consent: Consent; customers: number }>(
    queries,
    ['customers'],
    sql`select consent, count(*) as customers from customers where erased_at is null group by consent`,
  );
}

export async function countSuppressions(queries: Queries, { kept }: ReportScope): Promise<number> {
  const rows = await kept.rows<{ n: number }>(
    queries,
    ['suppressions'],
    sql`select count(*) as n from suppressions`,
  );
  return rows[0]?.n ?? 0;
}

export async function countParticipants(queries: Queries, scope: ReportScope): Promise<number> {
  const rows = await scope.kept.rows<{ n: number }>(
    queries,
    ['participants'],
    sql`
    select count(distinct p.customer_ref) as n from participants p
    where ${allOf([ofContest(scope, 'p.contest_id')])}`,
  );
  return rows[0]?.n ?? 0;
}

/** Referrers by how far they came: different people with a code that was used, a booking, a referral that stands or stood, an approved one. */
export async function countReferrers(
  queries: Queries,
  scope: ReportScope,
): Promise<{ shared: number; booked: number; active: number; approved: number }> {
  const rows = await scope.kept.rows<{ shared: number; booked: number; active: number; approved: number }>(
    queries,
    ['bookings', 'referrals', 'sign_ups', 'codes'],
    sql`select count(distinct x.referrer_ref) as shared,
      count(distinct case when x.booking_id is not null then x.referrer_ref end) as booked,
      count(distinct case when x.status not in ('signed up', 'rejected', 'expired') then x.referrer_ref end) as active,
      count(distinct case when x.status = 'approved' then x.referrer_ref end) as approved
    from (
      select r.referrer_ref, r.booking_id, ${referralStatusAt(scope)} as status
      from referrals r ${bookingForStatus(scope)}
      where ${allOf([ofContest(scope, 'r.contest_id'), happenedIn(scope, 'r.booked_at')])}
      union all
      select k.customer_ref, null, 'signed up'
      from sign_ups s join codes k on k.id = s.code_id
      where ${allOf([ofContest(scope, 's.contest_id'), happenedIn(scope, 's.signed_up_at')])}
    ) x`,
  );
  return rows[0] ?? { shared: 0, booked: 0, active: 0, approved: 0 };
}

export async function countCodes(
  queries: Queries,
  scope: ReportScope,
): Promise<{ active: number; expired: number; revoked: number }> {
  const at = scope.asOf ?? scope.now;
  const among = allOf([ofContest(scope, 'k.contest_id')]);
  // Which hour it is changes nothing until the next code expires, and so what was counted before holds.
  const [all] = await scope.kept.rows<CodeCounts>(
    queries,
    ['codes'],
    sql`select count(case when k.status = 'active' then 1 end) as active,
      count(case when k.status = 'expired' then 1 end) as expired,
      count(case when k.status = 'revoked' then 1 end) as revoked,
      min(case when k.status = 'active' then k.expires_at end) as first_expiry
    from codes k where ${among}`,
  );
  if (all === undefined) return { active: 0, expired: 0, revoked: 0 };
  const { active, expired, revoked, first_expiry } = all;
  if (first_expiry === null || first_expiry > at) return { active, expired, revoked };
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from codes k where ${among} and k.status = 'active' and k.expires_at <= ${at}`.execute(
    queries,
  );
  const over = rows[0]?.n ?? 0;
  return { active: active - over, expired: expired + over, revoked };
}

interface CodeCounts {
  readonly active: number;
  readonly expired: number;
  readonly revoked: number;
  readonly first_expiry: Instant | null;
}

export async function countSignUps(queries: Queries, scope: ReportScope): Promise<number> {
  const rows = await scope.kept.rows<{ n: number }>(
    queries,
    ['sign_ups'],
    sql`
    select count(*) as n from sign_ups s
    where ${allOf([ofContest(scope, 's.contest_id'), happenedIn(scope, 's.signed_up_at')])}`,
  );
  return rows[0]?.n ?? 0;
}

/** Members of every segment, erased customers left out; of a contest, its participants. */
export async function countSegmentMembers(
  queries: Queries,
  { contest, kept }: ReportScope,
): Promise<{ name: string; members: number }[]> {
  const among =
    contest === null
      ? sql`1 = 1`
      : sql`exists (select 1 from participants p where p.contest_id = ${contest.id} and p.customer_ref = m.customer_ref)`;
  return kept.rows<{ name: string; members: number }>(
    queries,
    ['segments', 'segment_members', 'customers', 'participants'],
    sql`select s.name, count(c.id) as members
    from segments s
      left join segment_members m on m.segment_id = s.id and ${among}
      left join customers c on c.id = m.customer_ref and c.erased_at is null
    group by s.id, s.name order by s.name`,
  );
}
