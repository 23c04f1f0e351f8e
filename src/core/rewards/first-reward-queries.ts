import { type RawBuilder, sql } from 'kysely';
import type { Contest } from '../contests/get-contest.ts';
import type { ReferralReward } from '../contests/rules-parts.ts';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { instantParameter } from '../database/instant-parameter.ts';
import { suspendIndexes } from '../database/suspend-indexes.ts';
import type { Instant } from '../time.ts';
import { expectedValue, listReferralCurrencies } from './expected-value-queries.ts';

/** From so many approved referrals on, the indexes of the empty tables are built at the end. */
const LARGE = 20_000;

type RewardedContest = Pick<Contest, 'id' | 'slug' | 'rules'>;

/** Has any referral of a contest been rewarded, whatever became of it? */
export async function hasReferralRewards(queries: Queries, contestId: number): Promise<boolean> {
  const row = await queries
    .selectFrom('rewards')
    .select('id')
    .where('contest_id', '=', contestId)
    .where('side', 'in', ['referrer', 'friend'])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * For the first rewards of all, where they will be many: takes the indexes of rewards and ledger away and gives what builds them again, both in the
 * transaction of `queries`. Undefined where there is a reward already, or little to come.
 */
export async function suspendRewardIndexes(
  queries: Queries,
  contestId: number,
): Promise<(() => Promise<void>) | undefined> {
  const { rows } = await sql<{ written: number; approved: number }>`select
    (select count(*) from (select 1 from rewards limit 1) w) + (select count(*) from (select 1 from ledger_entries limit 1) e) as written,
    (select count(*) from (select 1 from referrals where contest_id = ${contestId} and status = 'approved' limit ${LARGE}) r) as approved`.execute(
    queries,
  );
  const [state] = rows;
  if (state === undefined || state.written > 0 || state.approved < LARGE) return undefined;
  const resumeRewards = await suspendIndexes(queries, 'rewards');
  const resumeEntries = await suspendIndexes(queries, 'ledger_entries');
  return async () => {
    await resumeRewards();
    await resumeEntries();
  };
}

/** The keys of the last referral and the last reward; 0 where there is none. */
export async function findLastKeys(
  queries: Queries,
): Promise<{ readonly referral: number; readonly reward: number }> {
  const { rows } = await sql<{ referral: number; reward: number }>`select
    coalesce((select max(id) from referrals), 0) as referral, coalesce((select max(id) from rewards), 0) as reward`.execute(
    queries,
  );
  return rows[0] ?? { referral: 0, reward: 0 };
}

export interface GrantSlice {
  /** Referrals with a key above this, up to that one. */
  readonly after: number;
  readonly until: number;
  readonly now: Instant;
  /** Of what expires; null where nothing does. */
  readonly expiresAt: Instant | null;
}

/**
 * Writes the rewards of a slice of the approved referrals of a contest, none of which has one: what `planContestRewards` would grant. How many.
 */
export async function insertFirstRewards(
  queries: Queries,
  { id, slug, rules }: RewardedContest,
  slice: GrantSlice,
): Promise<number> {
  const currencies = await listReferralCurrencies(queries, id);
  const sides = (['referrer', 'friend'] as const).flatMap((side) => {
    const reward = rules.rewards[side];
    return reward === undefined ? [] : [grantsOf(queries, slug, side, reward, currencies, slice)];
  });
  const [now, contest] = [instantParameter(queries, slice.now), integer(id)];
  // Ids go by referral, as they do one by one. SQLite, which has little in its cache, writes rows in the order of their keys, so that neighbours in the
  // index come together; PostgreSQL is faster without sorting them.
  const written = engineOf(queries) === 'sqlite' ? sql`order by k.idempotency_key` : sql``;
  const key = sql`g.prefix || b.source || ':' || b.booking_reference || '/' || cast(g.customer_ref as text)`;
  const result = await sql`
    insert into rewards (id, contest_id, side, rule, type, currency, amount_minor, days, points, badge, expires_at, idempotency_key, customer_ref,
      referral_id, status, due_at, created_at, updated_at)
    select k.id, ${contest}, k.side, k.rule, k.type, k.currency, k.amount_minor, k.days, k.points, k.badge, k.expires_at, k.idempotency_key,
      k.customer_ref, k.referral_id, 'available', coalesce(k.decided_at, ${now}), ${now}, ${now}
    from (select ${nextId(queries)} as id, n.* from (
        select g.*, ${key} as idempotency_key from (${sql.join(sides, sql` union all `)}) g join bookings b on b.id = g.booking_id
        where g.contest_id = ${contest} order by g.referral_id, g.side desc) n) k ${written}`.execute(
    queries,
  );
  return Number(result.numAffectedRows ?? 0n);
}

// As many follow each other as there are rows, also where others add rewards meanwhile.
function nextId(queries: Queries): RawBuilder<unknown> {
  if (engineOf(queries) === 'postgres') return sql`nextval(pg_get_serial_sequence('rewards', 'id'))`;
  const last = sql`coalesce((select seq from sqlite_sequence where name = 'rewards'), 0)`;
  return sql`${last} + row_number() over (order by n.referral_id, n.side desc)`;
}

// What the approved referrals of a slice earn on one side.
function grantsOf(
  queries: Queries,
  slug: string,
  side: 'referrer' | 'friend',
  reward: ReferralReward,
  currencies: readonly string[],
  { after, until, expiresAt }: GrantSlice,
): RawBuilder<unknown> {
  const { unit, amount } = expectedValue(reward, currencies);
  const { type } = reward;
  const isMoney = type === 'money' || type === 'percentage';
  const amountIf = (isSet: boolean) => (isSet ? amount : sql`cast(null as bigint)`);
  const expires = expiresAt === null || type === 'badge' ? null : expiresAt;
  return sql`select ${sql.lit(side)} as side, ${sql.lit(`rewards.${side}`)} as rule, ${sql.lit(type)} as type,
      ${isMoney ? unit : text(null)} as currency, ${amountIf(isMoney)} as amount_minor, ${amountIf(type === 'free_days')} as days,
      ${amountIf(type === 'points')} as points, ${text(type === 'badge' ? reward.name : null)} as badge, ${time(queries, expires)} as expires_at,
      ${text(`${slug}/rewards.${side}/`)} as prefix, ${sql.ref(`r.${side}_ref`)} as customer_ref, r.id as referral_id, r.booking_id, r.contest_id,
      r.decided_at
    from referrals r where r.id > ${after} and r.id <= ${until} and r.status = 'approved' and ${amount} > 0`;
}

export interface EntrySlice {
  /** Rewards with a key above this. */
  readonly after: number;
  readonly now: Instant;
  readonly runId: number | null;
  /** Was nothing in the ledger before? Then no key can be there already, and the index of keys, which may be away, isn't asked. */
  readonly isLedgerNew: boolean;
}

/** Appends the first entry of each reward of a slice to the ledger; how many. One whose key is there already is left alone. */
export async function insertFirstEntries(
  queries: Queries,
  { id, slug }: Pick<Contest, 'id' | 'slug'>,
  { after, now, runId, isLedgerNew }: EntrySlice,
): Promise<number> {
  const known = isLedgerNew ? sql`` : sql`on conflict (idempotency_key) do nothing`;
  const run = sql`cast(${runId} as bigint)`;
  const result = await sql`
    insert into ledger_entries (idempotency_key, content_sha256, contest_id, customer_ref, reward_id, kind, from_account, to_account, amount_minor,
      currency, reason, payout_id, run_id, recorded_at)
    select m.idempotency_key, ${sha256Of(queries, contentOf(queries, { slug, now, runId }))}, ${integer(id)}, m.customer_ref, m.reward_id, 'grant',
      'program', 'available', m.amount_minor, m.currency, 'earned', null, ${run}, ${time(queries, now)}
    from (select w.id as reward_id, w.idempotency_key as reward, w.idempotency_key || '/1' as idempotency_key, w.customer_ref,
        coalesce(w.amount_minor, w.days, w.points, 1) as amount_minor,
        coalesce(w.currency, case w.type when 'badge' then 'badges' else w.type end) as currency
      from rewards w where w.contest_id = ${integer(id)} and w.id > ${after}) m
    order by m.reward_id ${known}`.execute(queries);
  return Number(result.numAffectedRows ?? 0n);
}

// The content of an entry in the form that `hashEntry` hashes: keys in their order, texts as JSON.stringify writes them.
function contentOf(
  queries: Queries,
  { slug, now, runId }: { readonly slug: string; readonly now: Instant; readonly runId: number | null },
): RawBuilder<unknown> {
  const json = (value: RawBuilder<unknown>) =>
    engineOf(queries) === 'postgres' ? sql`to_json(${value})::text` : sql`json_quote(${value})`;
  const fixed = (value: unknown) => JSON.stringify(value);
  return sql`'{"amount_minor":' || cast(m.amount_minor as text) || ${text(`,"contest":${fixed(slug)},"currency":`)} || ${json(sql`m.currency`)}
    || ',"customer_ref":' || cast(m.customer_ref as text) || ',"from_account":"program","idempotency_key":' || ${json(sql`m.idempotency_key`)}
    || ',"kind":"grant","payout":null,"reason":"earned","recorded_at":' || ${text(`${fixed(now)},"reward":`)} || ${json(sql`m.reward`)}
    || ${text(`,"run_id":${fixed(runId)},"to_account":"available"}`)}`;
}

function sha256Of(queries: Queries, value: RawBuilder<unknown>): RawBuilder<unknown> {
  return engineOf(queries) === 'postgres'
    ? sql`encode(sha256(convert_to(${value}, 'UTF8')), 'hex')`
    : sql`sha256(${value})`;
}

function integer(value: number): RawBuilder<unknown> {
  return sql`cast(${value} as bigint)`;
}

function text(value: string | null): RawBuilder<unknown> {
  return sql`cast(${value} as text)`;
}

function time(queries: Queries, value: Instant | null): RawBuilder<unknown> {
  return engineOf(queries) === 'postgres' ? sql`${value}::timestamptz` : sql`${value}`;
}
