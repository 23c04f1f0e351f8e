import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { isOneOf } from '../database/list-parameter.ts';
import type { Instant } from '../time.ts';
import type { Entry } from './rank-participants.ts';
import {
  amountOf,
  byBooking,
  groupValue,
  isSelected,
  participantValue,
  type ReferralSelection,
  referralsOf,
} from './referral-selection-queries.ts';

export interface GroupAttributes {
  readonly capAttribute: string | undefined;
  readonly groupAttribute: string | undefined;
}

export interface ReferralRow {
  readonly customer_id: string;
  readonly tier: string | null;
  readonly referrer_ref: number;
  readonly booked_at: Instant;
  readonly amount_minor: number;
  readonly currency: string;
  readonly cap_group: string;
  readonly group: string;
}

/** The approved referrals of a contest, by participant, earliest booked first. One statement. */
export async function* streamReferrals(
  queries: Queries,
  selection: ReferralSelection,
  { capAttribute, groupAttribute }: GroupAttributes,
): AsyncIterable<ReferralRow> {
  const engine = engineOf(queries);
  const statement = sql<ReferralRow>`
    select r.referrer_ref, p.customer_id, p.tier, r.booked_at, ${amountOf(selection)} as amount_minor, r.currency,
      ${groupValue(engine, capAttribute)} as cap_group, ${groupValue(engine, groupAttribute)} as "group"
    from ${referralsOf(engine)}
    join customers p on p.id = r.referrer_ref
    left join bookings b on b.id = r.booking_id
    join customers f on f.id = r.friend_ref
    where ${isSelected(selection)}
    order by r.referrer_ref, ${byBooking}`;
  const compiled = statement.compile(queries);
  for await (const result of queries.getExecutor().stream<ReferralRow>(compiled, 5_000)) yield* result.rows;
}

/** The board that was frozen when the contest was finalized. */
export async function listFinalEntries(queries: Queries, contestId: number): Promise<Entry[]> {
  const rows = await queries
    .selectFrom('final_standings as s')
    .innerJoin('customers as c', 'c.id', 's.customer_ref')
    .select(['s.position', 's.customer_ref', 'c.customer_id', 's.points', 's.referrals', 's.counted'])
    .select(['s.distinct_groups as groups', 's.qualified', 's.reached_at'])
    .where('s.contest_id', '=', contestId)
    .orderBy('s.position')
    .execute();
  return rows.map((row) => ({ ...row, qualified: row.qualified === 1 }));
}

/** The value by which each of these participants is grouped: a customer's own column where one is meant, else an attribute. */
export async function listGroupValues(
  queries: Queries,
  customerRefs: readonly number[],
  name: string,
  isAttribute: boolean,
): Promise<readonly { readonly id: number; readonly value: string }[]> {
  const value = participantValue(engineOf(queries), name, isAttribute);
  const { rows } = await sql<{ id: number; value: string }>`select c.id, ${value} as value from customers c
    where ${isOneOf(queries, 'c.id', customerRefs)}`.execute(queries);
  return rows;
}

export interface NameAndCode {
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly code: string | null;
}

/** Names, and the code each shares in the contest: the active one, else the latest. */
export async function findNamesAndCodes(
  queries: Queries,
  contestId: number,
  customerRefs: readonly number[],
): Promise<ReadonlyMap<number, NameAndCode>> {
  const rows = await queries
    .selectFrom('customers')
    .select(['id', 'first_name', 'last_name'])
    .select((eb) =>
      eb
        .selectFrom('codes')
        .select('code')
        .whereRef('codes.customer_ref', '=', 'customers.id')
        .where('codes.contest_id', '=', contestId)
        .orderBy(sql`case status when 'active' then 0 else 1 end`)
        .orderBy('codes.id', 'desc')
        .limit(1)
        .as('code'),
    )
    .where('id', 'in', [...customerRefs])
    .execute();
  return new Map(rows.map(({ id, ...person }) => [id, person]));
}
