import { appendOnly, dropTables, type Migration } from '../src/core/database/migration.ts';

/** Rewards and the ledger in which every cent of them moves. */
export const migration: Migration = {
  name: '0006-rewards',
  up: (t) => [
    `create table rewards (
      id ${t.id},
      contest_id ${t.integer} not null references contests (id),
      customer_ref ${t.integer} not null references customers (id),
      side ${t.text} not null check (side in ('referrer', 'friend', 'milestone', 'position', 'drawing')),
      rule ${t.text} not null,
      type ${t.text} not null check (type in ('money', 'percentage', 'free_days', 'points', 'badge')),
      referral_id ${t.integer} references referrals (id),
      idempotency_key ${t.text} not null unique,
      amount_minor ${t.integer},
      currency ${t.text},
      days ${t.integer},
      points ${t.integer},
      badge ${t.text},
      status ${t.text} not null check (status in ('held', 'available', 'claimed', 'paid', 'expired', 'reversed')),
      created_at ${t.time} not null,
      due_at ${t.time},
      expires_at ${t.time},
      claimed_at ${t.time},
      paid_at ${t.time},
      updated_at ${t.time} not null,
      check ((amount_minor is null) = (currency is null))
    ${t.end}`,
    `create unique index rewards_one_per_side on rewards (referral_id, rule, side)
      where referral_id is not null and status <> 'reversed'`,
    `create index rewards_by_referral on rewards (referral_id, side)`,
    `create index rewards_by_customer on rewards (customer_ref, status)`,
    `create index rewards_by_contest on rewards (contest_id, status)`,
    `create table payouts (
      id ${t.id},
      payout ${t.text} not null unique,
      operator ${t.text} not null,
      run_id ${t.integer} references runs (id),
      created_at ${t.time} not null
    ${t.end}`,
    `create table payout_items (
      payout_id ${t.integer} not null references payouts (id),
      customer_ref ${t.integer} not null references customers (id),
      currency ${t.text} not null,
      amount_minor ${t.integer} not null check (amount_minor > 0),
      rewards ${t.integer} not null check (rewards >= 0),
      primary key (payout_id, customer_ref, currency)
    ${t.end}`,
    `create index payout_items_by_customer on payout_items (customer_ref, currency)`,
    `create table ledger_entries (
      id ${t.id},
      idempotency_key ${t.text} not null unique,
      content_sha256 ${t.text} not null,
      contest_id ${t.integer} not null references contests (id),
      customer_ref ${t.integer} not null references customers (id),
      reward_id ${t.integer} not null references rewards (id),
      kind ${t.text} not null,
      from_account ${t.text} not null,
      to_account ${t.text} not null,
      amount_minor ${t.integer} not null check (amount_minor > 0),
      currency ${t.text} not null,
      reason ${t.text} not null,
      payout_id ${t.integer} references payouts (id),
      run_id ${t.integer} references runs (id),
      recorded_at ${t.time} not null,
      check (from_account <> to_account)
    ${t.end}`,
    `create index ledger_entries_by_reward on ledger_entries (reward_id)`,
    `create index ledger_entries_by_customer on ledger_entries (customer_ref, currency)`,
    ...appendOnly(t, 'payouts', ['id', 'payout']),
    ...appendOnly(t, 'payout_items', ['payout_id, customer_ref, currency']),
    ...appendOnly(t, 'ledger_entries', ['id', 'idempotency_key'], 'idempotency_key'),
  ],
  down: (t) => dropTables(t, ['ledger_entries', 'payout_items', 'payouts', 'rewards']),
};
