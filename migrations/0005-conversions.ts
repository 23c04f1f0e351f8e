import { dropTables, type Migration } from '../src/core/database/migration.ts';

/** Bookings, how they changed, and the referrals that follow from them. */
export const migration: Migration = {
  name: '0005-conversions',
  up: (t) => [
    `create table bookings (
      id ${t.id},
      source ${t.text} not null,
      booking_reference ${t.text} not null check (booking_reference <> ''),
      customer_ref ${t.integer} references customers (id),
      code ${t.text},
      amount_minor ${t.integer} not null,
      refunded_minor ${t.integer} not null check (refunded_minor >= 0),
      currency ${t.text} not null,
      status ${t.text} not null check (status in ('confirmed', 'completed', 'cancelled', 'no_show', 'refunded')),
      booked_at ${t.time} not null,
      completed_at ${t.time},
      cancelled_at ${t.time},
      updated_at ${t.time},
      attributes ${t.json} not null,
      first_import_id ${t.integer} references imports (id),
      last_import_id ${t.integer} references imports (id),
      created_at ${t.time} not null,
      unique (source, booking_reference)
    ${t.end}`,
    `create index bookings_by_customer on bookings (customer_ref, booked_at)`,
    `create index bookings_by_code on bookings (code) where code is not null`,
    `create index bookings_in_order on bookings (booked_at, booking_reference, source)`,
    `create table booking_changes (
      id ${t.id},
      booking_id ${t.integer} not null references bookings (id),
      import_id ${t.integer} references imports (id),
      run_id ${t.integer} references runs (id),
      from_status ${t.text},
      to_status ${t.text} not null,
      changes ${t.json} not null,
      recorded_at ${t.time} not null
    ${t.end}`,
    `create index booking_changes_by_booking on booking_changes (booking_id)`,
    `create table referrals (
      id ${t.id},
      contest_id ${t.integer} not null references contests (id),
      code_id ${t.integer} not null references codes (id),
      referrer_ref ${t.integer} not null references customers (id),
      friend_ref ${t.integer} not null references customers (id),
      booking_id ${t.integer} references bookings (id),
      status ${t.text} not null check (status in ('pending', 'held', 'approved', 'rejected', 'reversed', 'expired')),
      reason ${t.text} not null,
      evidence ${t.json} not null,
      amount_minor ${t.integer} not null,
      currency ${t.text} not null,
      booked_at ${t.time} not null,
      hold_until ${t.time},
      decided_at ${t.time},
      decided_by ${t.text},
      created_at ${t.time} not null,
      updated_at ${t.time} not null
    ${t.end}`,
    `create unique index referrals_one_per_booking on referrals (contest_id, booking_id)`,
    `create unique index referrals_one_live on referrals (contest_id, friend_ref)
      where status in ('pending', 'held', 'approved')`,
    `create index referrals_by_referrer on referrals (contest_id, referrer_ref, status, booked_at)`,
    `create index referrals_in_order on referrals (contest_id, booked_at)`,
    `create index referrals_by_booking on referrals (booking_id)`,
    `create table referral_decisions (
      id ${t.id},
      referral_id ${t.integer} not null references referrals (id),
      decision ${t.text} not null check (decision in ('approve', 'reject', 'reverse')),
      reason ${t.text} not null,
      operator ${t.text} not null,
      run_id ${t.integer} references runs (id),
      decided_at ${t.time} not null
    ${t.end}`,
    `create index referral_decisions_by_referral on referral_decisions (referral_id, id)`,
  ],
  down: (t) => dropTables(t, ['referral_decisions', 'referrals', 'booking_changes', 'bookings']),
};
