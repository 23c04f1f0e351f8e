import { dropTables, type Migration } from '../src/core/database/migration.ts';

/** Customers, the addresses that must never be mailed, and segments. */
export const migration: Migration = {
  name: '0002-customers',
  up: (t) => [
    `create table customers (
      id ${t.id},
      customer_id ${t.text} not null unique check (customer_id <> ''),
      email ${t.text},
      address_key ${t.text},
      name ${t.text},
      first_name ${t.text},
      last_name ${t.text},
      tier ${t.text},
      locale ${t.text},
      timezone ${t.text},
      phone ${t.text},
      country ${t.text},
      joined_at ${t.time},
      last_active_at ${t.time},
      consent ${t.text} not null check (consent in ('granted', 'withdrawn', 'unknown')),
      consent_at ${t.time},
      consent_source ${t.text},
      total_bookings ${t.integer},
      total_spend ${t.integer},
      attributes ${t.json} not null,
      source ${t.text} not null,
      erased_at ${t.time},
      created_at ${t.time} not null,
      updated_at ${t.time} not null,
      check ((email is null) = (address_key is null)),
      check (erased_at is null or email is null)
    ${t.end}`,
    `create index customers_by_address on customers (address_key)`,
    `create table suppressions (
      id ${t.id},
      address_hash ${t.text} not null unique,
      key_id ${t.text} not null,
      reason ${t.text} not null check (reason in ('unsubscribed', 'bounced', 'complained', 'manual', 'erased')),
      source ${t.text} not null,
      created_at ${t.time} not null,
      run_id ${t.integer} references runs (id)
    ${t.end}`,
    `create table segments (
      id ${t.id},
      name ${t.text} not null unique,
      kind ${t.text} not null check (kind in ('rule', 'where', 'model')),
      definition ${t.json} not null,
      created_at ${t.time} not null,
      updated_at ${t.time} not null
    ${t.end}`,
    `create table segment_members (
      segment_id ${t.integer} not null references segments (id),
      customer_ref ${t.integer} not null references customers (id),
      score ${t.real},
      scored_at ${t.time} not null,
      primary key (segment_id, customer_ref)
    ${t.end}`,
    `create index segment_members_by_customer on segment_members (customer_ref)`,
  ],
  down: (t) => dropTables(t, ['segment_members', 'segments', 'suppressions', 'customers']),
};
