import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import type { CampaignStatus, ContestStatus } from '../database/tables.ts';
import type { Instant } from '../time.ts';

/** Contests that are not over. */
export async function listLiveContests(
  queries: Queries,
): Promise<
  readonly { id: number; slug: string; status: ContestStatus; starts_at: Instant; ends_at: Instant }[]
> {
  return queries
    .selectFrom('contests')
    .select(['id', 'slug', 'status', 'starts_at', 'ends_at'])
    .where('status', 'in', ['draft', 'active', 'paused', 'ended'])
    .orderBy('slug')
    .execute();
}

export interface HeldReferrals {
  readonly contest: string;
  /** Bookings that are not completed yet. */
  readonly pending: number;
  /** Held until a time that has not come. */
  readonly waiting: number;
  /** When the first of those is free. */
  readonly next_at: Instant | null;
  /** Held until a person decides. */
  readonly undecided: number;
}

/** What is not decided yet, by contest; contests without any are left out. */
export async function countOpenReferrals(queries: Queries): Promise<readonly HeldReferrals[]> {
  const byTime = sql`r.status = 'held' and r.reason = 'approval.hold_days'`;
  const rows = await queries
    .selectFrom('referrals as r')
    .innerJoin('contests as c', 'c.id', 'r.contest_id')
    .select([
      'c.slug as contest',
      sql<number>`sum(case when r.status = 'pending' then 1 else 0 end)`.as('pending'),
      sql<number>`sum(case when ${byTime} then 1 else 0 end)`.as('waiting'),
      sql<Instant | null>`min(case when ${byTime} then r.hold_until end)`.as('next_at'),
      sql<number>`sum(case when r.status = 'held' and r.reason <> 'approval.hold_days' then 1 else 0 end)`.as(
        'undecided',
      ),
    ])
    .where('r.status', 'in', ['pending', 'held'])
    .groupBy('c.slug')
    .orderBy('c.slug')
    .execute();
  return rows.map((row) => ({
    ...row,
    pending: Number(row.pending),
    waiting: Number(row.waiting),
    undecided: Number(row.undecided),
  }));
}

/** Campaigns that are neither drafts nor over. */
export async function listOpenCampaigns(
  queries: Queries,
): Promise<readonly { id: number; campaign: string; status: CampaignStatus; send_at: Instant | null }[]> {
  return queries
    .selectFrom('campaigns')
    .select(['id', 'slug as campaign', 'status', 'send_at'])
    .where('status', 'in', ['submitted', 'approved', 'sending', 'paused'])
    .orderBy('slug')
    .execute();
}

export interface Unsettled {
  readonly campaign: string;
  readonly pending: number;
  /** When the first of the pending ones may go out; null when none waits. */
  readonly due_at: Instant | null;
  readonly in_doubt: number;
}

/** Deliveries that are not settled, by campaign. Both counts come from partial indexes, not from the whole table. */
export async function countUnsettled(queries: Queries): Promise<readonly Unsettled[]> {
  const pending = await queries
    .selectFrom('deliveries as d')
    .innerJoin('campaigns as c', 'c.id', 'd.campaign_id')
    .select(['c.slug', ({ fn }) => fn.countAll<number>().as('count')])
    .select(({ fn }) => fn.min('d.not_before').as('due_at'))
    .where('d.status', '=', 'pending')
    .groupBy('c.slug')
    .execute();
  const held = await queries
    .selectFrom('deliveries as d')
    .innerJoin('campaigns as c', 'c.id', 'd.campaign_id')
    .select(['c.slug', 'd.status', ({ fn }) => fn.countAll<number>().as('count')])
    // As the index says it, or it would not be used.
    .where(sql<boolean>`d.status in ('claimed', 'sending', 'in_doubt')`)
    .groupBy(['c.slug', 'd.status'])
    .execute();
  const slugs = [...new Set([...pending, ...held].map(({ slug }) => slug))].sort();
  return slugs.map((slug) => {
    const of = (wanted: (status: string) => boolean): number =>
      held.reduce((sum, row) => (row.slug === slug && wanted(row.status) ? sum + Number(row.count) : sum), 0);
    const waiting = pending.find((row) => row.slug === slug);
    return {
      campaign: slug,
      due_at: waiting?.due_at ?? null,
      pending: Number(waiting?.count ?? 0) + of((status) => status !== 'in_doubt'),
      in_doubt: of((status) => status === 'in_doubt'),
    };
  });
}

/** Rewards that can be paid, by currency; those that are no money under their kind. */
export async function sumPayable(
  queries: Queries,
): Promise<readonly { currency: string; count: number; amount_minor: number }[]> {
  const rows = await queries
    .selectFrom('rewards')
    .select([
      'currency',
      ({ fn }) => fn.countAll<number>().as('count'),
      sql<number>`sum(amount_minor)`.as('amount_minor'),
    ])
    .where('status', 'in', ['available', 'claimed'])
    .where('currency', 'is not', null)
    .where('amount_minor', '>', 0)
    .groupBy('currency')
    .orderBy('currency')
    .execute();
  return rows.map(({ currency, count, amount_minor }) => ({
    currency: currency ?? '',
    count: Number(count),
    amount_minor: Number(amount_minor),
  }));
}

export interface OpenRun {
  readonly id: number;
  readonly command: string;
  readonly operator: string;
  readonly host: string;
  readonly process_id: number;
  readonly started_at: Instant;
}

/** Runs that have not said that they ended: at work, or killed. */
export async function listOpenRuns(queries: Queries): Promise<readonly OpenRun[]> {
  return queries
    .selectFrom('runs')
    .select(['id', 'command', 'operator', 'host', 'process_id', 'started_at'])
    .where('status', '=', 'running')
    .orderBy('id')
    .execute();
}

/** Commands whose latest finished run since `since` failed: nobody has run them with success after that. */
export async function listFailedCommands(
  queries: Queries,
  since: Instant,
): Promise<readonly { id: number; command: string; exit_code: number | null; started_at: Instant }[]> {
  return queries
    .selectFrom('runs')
    .select(['id', 'command', 'exit_code', 'started_at'])
    .where('status', '=', 'failed')
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('runs')
        .select(({ fn }) => fn.max('id').as('id'))
        .where('started_at', '>=', since)
        .where('status', '<>', 'running')
        .groupBy('command'),
    )
    .orderBy('id')
    .execute();
}

/** When the newest backup was made. */
export async function findLastBackup(queries: Queries): Promise<Instant | null> {
  const row = await queries
    .selectFrom('runs')
    .select('finished_at')
    .where('command', '=', 'backup create')
    .where('status', '=', 'done')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.finished_at ?? null;
}

/** Jobs that have failed every time since then. */
export async function listFailingJobs(
  queries: Queries,
): Promise<readonly { job: string; failing_since: Instant; failures: number }[]> {
  const rows = await queries
    .selectFrom('job_states')
    .select(['job', 'failing_since', 'failures'])
    .where('failing_since', 'is not', null)
    .orderBy('job')
    .execute();
  return rows.flatMap(({ job, failing_since, failures }) =>
    failing_since === null ? [] : [{ job, failing_since, failures: Number(failures) }],
  );
}

/** Campaigns that some process is sending, or was when it died. */
export async function listSentNow(queries: Queries): Promise<ReadonlySet<string>> {
  const rows = await queries
    .selectFrom('senders as s')
    .innerJoin('campaigns as c', 'c.id', 's.campaign_id')
    .select('c.slug')
    .distinct()
    .where('s.stopped_at', 'is', null)
    .execute();
  return new Set(rows.map(({ slug }) => slug));
}

/** Is there anything to lose yet? */
export async function isInUse(queries: Queries): Promise<boolean> {
  return (await queries.selectFrom('customers').select('id').limit(1).executeTakeFirst()) !== undefined;
}
