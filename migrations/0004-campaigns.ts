import { dropTables, type Migration } from '../src/core/database/migration.ts';

/** Templates, campaigns, their deliveries and senders, and what the provider reports. */
export const migration: Migration = {
  name: '0004-campaigns',
  up: (t) => [
    `create table templates (
      id ${t.id},
      name ${t.text} not null,
      version ${t.integer} not null,
      sha256 ${t.text} not null,
      document ${t.text} not null,
      created_at ${t.time} not null,
      unique (name, version)
    ${t.end}`,
    `create table campaigns (
      id ${t.id},
      slug ${t.text} not null unique,
      contest_id ${t.integer} not null references contests (id),
      template_id ${t.integer} not null references templates (id),
      status ${t.text} not null
        check (status in ('draft', 'submitted', 'approved', 'sending', 'paused', 'sent', 'cancelled')),
      subject ${t.text},
      audience ${t.json} not null,
      variants ${t.json} not null,
      rate_per_second ${t.real},
      quiet_hours ${t.text},
      send_at ${t.time},
      plan_digest ${t.text},
      transport ${t.text},
      created_at ${t.time} not null,
      submitted_at ${t.time},
      submitted_by ${t.text},
      approved_at ${t.time},
      approved_by ${t.text},
      review_note ${t.text},
      started_at ${t.time},
      finished_at ${t.time}
    ${t.end}`,
    `create table senders (
      id ${t.id},
      campaign_id ${t.integer} not null references campaigns (id),
      transport ${t.text} not null,
      target ${t.text} not null,
      host ${t.text} not null,
      process_id ${t.integer} not null,
      started_at ${t.time} not null,
      stopped_at ${t.time}
    ${t.end}`,
    `create index senders_open on senders (campaign_id) where stopped_at is null`,
    `create table deliveries (
      id ${t.id},
      campaign_id ${t.integer} not null references campaigns (id),
      customer_ref ${t.integer} not null references customers (id),
      email ${t.text},
      address_key ${t.text} not null,
      address_hash ${t.text} not null,
      variant ${t.text} not null,
      status ${t.text} not null
        check (status in ('pending', 'claimed', 'sending', 'accepted', 'refused', 'in_doubt', 'skipped')),
      not_before ${t.time} not null,
      sender_id ${t.integer} references senders (id),
      claimed_at ${t.time},
      sent_at ${t.time},
      settled_at ${t.time},
      provider_message_id ${t.text},
      error ${t.text},
      attempts ${t.integer} not null,
      unique (campaign_id, address_key),
      check (status not in ('claimed', 'sending') or sender_id is not null)
    ${t.end}`,
    `create index deliveries_pending on deliveries (campaign_id, not_before, id) where status = 'pending'`,
    `create index deliveries_by_message on deliveries (provider_message_id) where provider_message_id is not null`,
    `create index deliveries_held on deliveries (sender_id) where status in ('claimed', 'sending', 'in_doubt')`,
    `create index deliveries_by_customer on deliveries (customer_ref)`,
    `create table rate_buckets (name ${t.text} primary key, rate ${t.real} not null, next_free_at ${t.real} not null ${t.end}`,
    `create table events (
      id ${t.id},
      provider_event_id ${t.text} not null unique,
      delivery_id ${t.integer} references deliveries (id),
      type ${t.text} not null check (type in
        ('delivered', 'opened', 'clicked', 'bounced', 'complained', 'unsubscribed', 'processed', 'deferred', 'dropped', 'other')),
      occurred_at ${t.time} not null,
      machine_open ${t.flag} not null check (machine_open in (0, 1)),
      url ${t.text},
      reason ${t.text},
      imported_at ${t.time} not null
    ${t.end}`,
    `create index events_by_delivery on events (delivery_id, type)`,
  ],
  down: (t) => dropTables(t, ['events', 'rate_buckets', 'deliveries', 'senders', 'campaigns', 'templates']),
};
