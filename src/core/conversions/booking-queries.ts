import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { rowsOfJson } from '../database/rows-of-json.ts';
import type { BookingStatus } from '../database/tables.ts';
import type { Instant } from '../time.ts';
import type { Booking } from './booking.ts';

/** A booking as it is stored. */
export interface StoredBooking extends Booking {
  readonly id: number;
  readonly booking_reference: string;
}

/** The bookings of a source with these references. */
export async function listBookings(
  queries: Queries,
  source: string,
  references: readonly string[],
): Promise<readonly StoredBooking[]> {
  if (references.length === 0) return [];
  const rows = await queries
    .selectFrom('bookings')
    .select(['id', 'booking_reference', 'customer_ref', 'code', 'amount_minor', 'refunded_minor', 'currency'])
    .select(['status', 'booked_at', 'completed_at', 'cancelled_at', 'updated_at', 'attributes'])
    .where('source', '=', source)
    .where('booking_reference', 'in', references)
    .execute();
  return rows.map((row) => ({ ...row, attributes: JSON.parse(row.attributes) as Record<string, string> }));
}

/** A booking to be written, with its attributes as canonical JSON. */
export interface BookingWrite extends Omit<Booking, 'attributes'> {
  readonly source: string;
  readonly booking_reference: string;
  readonly attributes: string;
  readonly import_id: number | null;
  readonly now: Instant;
}

const BOOKING_COLUMNS = {
  source: 'text',
  booking_reference: 'text',
  customer_ref: 'integer',
  code: 'text',
  amount_minor: 'integer',
  refunded_minor: 'integer',
  currency: 'text',
  status: 'text',
  booked_at: 'time',
  completed_at: 'time',
  cancelled_at: 'time',
  updated_at: 'time',
  attributes: 'json',
  import_id: 'integer',
  now: 'time',
} as const;

type JsonRow<Row> = { readonly [Key in keyof Row]: Row[Key] };

/** Inserts bookings or replaces what is known about them; who wrote them first stays. */
export async function upsertBookings(queries: Queries, rows: readonly BookingWrite[]): Promise<void> {
  if (rows.length === 0) return;
  const kept = Object.keys(BOOKING_COLUMNS).filter((column) => column !== 'import_id' && column !== 'now');
  const names = sql.join(kept.map((column) => sql.ref(column)));
  const updates = kept
    .filter((column) => column !== 'source' && column !== 'booking_reference')
    .map((column) => sql`${sql.ref(column)} = excluded.${sql.ref(column)}`);
  const json = rowsOfJson(queries, 'x', BOOKING_COLUMNS, rows as readonly JsonRow<BookingWrite>[]);
  await sql`insert into bookings (${names}, first_import_id, last_import_id, created_at)
    select ${names}, x.import_id, x.import_id, x.now from ${json} where true
    on conflict (source, booking_reference) do update
      set ${sql.join(updates)}, last_import_id = excluded.last_import_id`.execute(queries);
}

/** One transition of a booking that was known before. */
export interface BookingChange {
  readonly booking_id: number;
  readonly import_id: number | null;
  readonly run_id: number | null;
  readonly from_status: BookingStatus;
  readonly to_status: BookingStatus;
  readonly changes: string;
  readonly recorded_at: Instant;
}

const CHANGE_COLUMNS = {
  booking_id: 'integer',
  import_id: 'integer',
  run_id: 'integer',
  from_status: 'text',
  to_status: 'text',
  changes: 'json',
  recorded_at: 'time',
} as const;

export async function insertBookingChanges(queries: Queries, rows: readonly BookingChange[]): Promise<void> {
  if (rows.length === 0) return;
  const names = sql.join(Object.keys(CHANGE_COLUMNS).map((column) => sql.ref(column)));
  const json = rowsOfJson(queries, 'x', CHANGE_COLUMNS, rows as readonly JsonRow<BookingChange>[]);
  await sql`insert into booking_changes (${names}) select ${names} from ${json} where true`.execute(queries);
}

/** The codes of these, as written in the database, that exist. */
export async function listExistingCodes(
  queries: Queries,
  codes: readonly string[],
): Promise<readonly string[]> {
  if (codes.length === 0) return [];
  const rows = await queries
    .selectFrom('codes')
    .select('code')
    .where('code', 'in', codes)
    .orderBy('code')
    .execute();
  return rows.map((row) => row.code);
}

/** Has this source been given a file of these bytes before? */
export async function findImport(
  queries: Queries,
  scope: string,
  sha256: string,
): Promise<number | undefined> {
  const row = await queries
    .selectFrom('imports')
    .select('id')
    .where('kind', '=', 'bookings')
    .where('scope', '=', scope)
    .where('sha256', '=', sha256)
    .executeTakeFirst();
  return row?.id;
}

/** Begins an import; its hash and its rows are known at its end. */
export async function insertImport(
  queries: Queries,
  row: { readonly scope: string; readonly run_id: number | null; readonly imported_at: Instant },
): Promise<number> {
  const { id } = await queries
    .insertInto('imports')
    .values({ ...row, kind: 'bookings', sha256: '', rows: 0 })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export async function finishImport(
  queries: Queries,
  id: number,
  sha256: string,
  rows: number,
): Promise<void> {
  await queries.updateTable('imports').set({ sha256, rows }).where('id', '=', id).execute();
}

/** Slugs of the other contests that an import concerns, because it changed bookings that they credit. */
export async function listOtherContests(
  queries: Queries,
  contestId: number,
  importId: number,
): Promise<readonly string[]> {
  const other = await queries
    .selectFrom('contests')
    .select('id')
    .where('id', '<>', contestId)
    .where('status', 'in', ['active', 'paused', 'ended'])
    .limit(1)
    .executeTakeFirst();
  if (other === undefined) return [];
  const rows = await queries
    .selectFrom('referrals')
    .innerJoin('bookings', 'bookings.id', 'referrals.booking_id')
    .innerJoin('contests', 'contests.id', 'referrals.contest_id')
    .select('contests.slug')
    .distinct()
    .where('bookings.last_import_id', '=', importId)
    .where('contests.id', '<>', contestId)
    .where('contests.status', 'in', ['active', 'paused', 'ended'])
    .orderBy('contests.slug')
    .execute();
  return rows.map((row) => row.slug);
}
