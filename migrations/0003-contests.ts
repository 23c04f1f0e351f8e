import { dropTables, type Migration } from '../src/core/database/migration.ts';

/** Contests, who takes part, their codes, and sign-ups recorded with a code. */
export const migration: Migration = {
  name: '0003-contests',
  up: (t) => [
    `create table contests (
      id ${t.id},
      slug ${t.text} not null unique,
      name ${t.text} not null,
      benefit ${t.text} not null,
      description ${t.text} not null,
      status ${t.text} not null check (status in ('draft', 'active', 'paused', 'ended', 'finalized', 'cancelled')),
      timezone ${t.text} not null,
      starts_at ${t.time} not null,
      ends_at ${t.time} not null,
      rules ${t.text} not null,
      rules_sha256 ${t.text} not null,
      created_at ${t.time} not null,
      launched_at ${t.time},
      ended_at ${t.time},
      finalized_at ${t.time},
      seed ${t.text},
      seed_sha256 ${t.text},
      final_digest ${t.text},
      check (starts_at < ends_at)
    ${t.end}`,
    `create table participants (
      id ${t.id},
      contest_id ${t.integer} not null references contests (id),
      customer_ref ${t.integer} not null references customers (id),
      enrolled_at ${t.time} not null,
      unique (contest_id, customer_ref)
    ${t.end}`,
    `create index participants_by_customer on participants (customer_ref)`,
    `create table codes (
      id ${t.id},
      code ${t.text} not null unique,
      contest_id ${t.integer} references contests (id),
      customer_ref ${t.integer} not null references customers (id),
      status ${t.text} not null check (status in ('active', 'revoked', 'expired')),
      created_at ${t.time} not null,
      expires_at ${t.time} not null,
      revoked_at ${t.time}
    ${t.end}`,
    `create unique index codes_one_active on codes (customer_ref, coalesce(contest_id, 0)) where status = 'active'`,
    `create index codes_by_contest on codes (contest_id, customer_ref)`,
    `create index codes_by_customer on codes (customer_ref)`,
    `create table sign_ups (
      id ${t.id},
      contest_id ${t.integer} not null references contests (id),
      code_id ${t.integer} not null references codes (id),
      customer_ref ${t.integer} not null references customers (id),
      signed_up_at ${t.time} not null,
      run_id ${t.integer} references runs (id),
      unique (contest_id, code_id, customer_ref)
    ${t.end}`,
    `create index sign_ups_by_customer on sign_ups (customer_ref, contest_id)`,
    `create table final_standings (
      contest_id ${t.integer} not null references contests (id),
      position ${t.integer} not null check (position > 0),
      customer_ref ${t.integer} not null references customers (id),
      points ${t.integer} not null,
      referrals ${t.integer} not null,
      counted ${t.integer} not null,
      distinct_groups ${t.integer} not null,
      qualified ${t.flag} not null,
      reached_at ${t.time} not null,
      prize_position ${t.integer},
      drawn ${t.integer},
      primary key (contest_id, position),
      unique (contest_id, customer_ref),
      unique (contest_id, prize_position),
      unique (contest_id, drawn)
    ${t.end}`,
  ],
  down: (t) => dropTables(t, ['final_standings', 'sign_ups', 'codes', 'participants', 'contests']),
};
