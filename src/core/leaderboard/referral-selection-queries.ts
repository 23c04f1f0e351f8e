import { type RawBuilder, sql } from 'kysely';
import type { Engine } from '../database/database.ts';
import type { BookingStatus } from '../database/tables.ts';
import type { Instant } from '../time.ts';
import { NO_GROUP } from './score-participant.ts';

/** Which referrals of a contest make up a leaderboard. The queries call referrals `r`, bookings `b` and friends `f`. */
export interface ReferralSelection {
  readonly contestId: number;
  /** Booked at or after this, and before that. */
  readonly from?: Instant | undefined;
  readonly until?: Instant | undefined;
  /** The board as it was then: booked at or before it, with later changes taken back. */
  readonly asOf?: Instant | undefined;
  /** Which booking statuses count. */
  readonly statuses: readonly BookingStatus[];
}

/** Columns of a customer that rules may name like an attribute. */
const CUSTOMER_COLUMNS = ['country', 'locale', 'tier', 'timezone'] as const;

/** The order in which one participant's referrals are gone through; nothing but the data decides it. */
export const byBooking = sql`r.booked_at, coalesce(b.booking_reference, ''), coalesce(b.source, ''), f.customer_id`;

/**
 * The referrals, where their rows are looked up. SQLite would walk them by participant, which finds rows and bookings in
 * random order; by booking they lie beside each other (a third of the time at a million referrals).
 */
export function referralsOf(engine: Engine): RawBuilder<unknown> {
  return engine === 'sqlite' ? sql`referrals r indexed by referrals_one_per_booking` : sql`referrals r`;
}

/** The condition on the referrals that count, in this contest, window and at this time. */
export function isSelected(selection: ReferralSelection): RawBuilder<unknown> {
  const { contestId, from, until } = selection;
  return sql`r.contest_id = ${contestId} and ${counts(selection)}
    ${from === undefined ? sql`` : sql`and r.booked_at >= ${from}`}
    ${until === undefined ? sql`` : sql`and r.booked_at < ${until}`}`;
}

/** What counts of a booking in minor units; a refund that was reported after `asOf` had not happened yet. */
export function amountOf({ asOf }: ReferralSelection): RawBuilder<unknown> {
  if (asOf === undefined) return sql`r.amount_minor`;
  return sql`case when b.updated_at > ${asOf} then b.amount_minor else r.amount_minor end`;
}

/** The group of a referral: the value from the booking, else from the friend; blanks around it don't make another group. */
export function groupValue(engine: Engine, attribute: string | undefined): RawBuilder<unknown> {
  if (attribute === undefined) return sql`${NO_GROUP}`;
  const column = CUSTOMER_COLUMNS.find((name) => name === attribute);
  const sources = [
    attributeText(engine, 'b.attributes', attribute),
    attributeText(engine, 'f.attributes', attribute),
  ];
  if (column !== undefined) sources.push(sql`${sql.ref(`f.${column}`)}`);
  return sql`coalesce(${sql.join(sources.map((source) => sql`nullif(trim(${source}), '')`))}, ${NO_GROUP})`;
}

/** The value of a participant (`c`): a column of the customer, or an attribute where none has that name or one is asked for. */
export function participantValue(engine: Engine, name: string, isAttribute: boolean): RawBuilder<unknown> {
  const column = isAttribute ? undefined : CUSTOMER_COLUMNS.find((known) => known === name);
  const source =
    column === undefined ? attributeText(engine, 'c.attributes', name) : sql`${sql.ref(`c.${column}`)}`;
  return sql`coalesce(nullif(trim(${source}), ''), ${NO_GROUP})`;
}

function attributeText(engine: Engine, column: string, name: string): RawBuilder<unknown> {
  // SQLite's ->> takes a name that begins with $ or [ for a path; in a quoted path it means itself.
  if (engine === 'sqlite') return sql`json_extract(${sql.ref(column)}, ${`$."${name}"`})`;
  return sql`(${sql.ref(column)} ->> ${name}::text)`;
}

function counts({ asOf, statuses }: ReferralSelection) {
  if (asOf === undefined) return sql`r.status = 'approved'`;
  const whenConfirmed = statuses.includes('confirmed');
  // When the booking became what counts, as far as it says so itself.
  const counted = whenConfirmed
    ? sql`r.booked_at <= ${asOf}`
    : sql`coalesce(b.completed_at, b.updated_at, r.booked_at) <= ${asOf}`;
  // Reversed later than then, by a change that carries its time, and counted until it was.
  const countedBefore = whenConfirmed ? sql`r.booked_at <= ${asOf}` : sql`b.completed_at <= ${asOf}`;
  const ended = sql`case when b.status = 'cancelled' then coalesce(b.cancelled_at, b.updated_at) else b.updated_at end`;
  return sql`r.booked_at <= ${asOf} and (
    (r.status = 'approved' and ${counted})
    or (r.status = 'reversed' and r.reason <> 'decision' and ${countedBefore} and ${ended} > ${asOf}))`;
}
