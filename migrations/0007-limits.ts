import type { Migration } from '../src/core/database/migration.ts';

/** What bounds sending beside a campaign's rate: classes of recipient domains, daily caps, send windows. */
export const migration: Migration = {
  name: '0007-limits',
  up: (t) => [
    // Deliveries of before have no class of their own: they go on as `other`.
    `alter table deliveries add column domain_class ${t.text} not null default 'other'`,
    `alter table campaigns add column daily_cap ${t.integer}`,
    `alter table campaigns add column send_window ${t.text}`,
    `alter table rate_buckets add column day ${t.text}`,
    `alter table rate_buckets add column day_count ${t.integer} not null default 0`,
    `drop index deliveries_pending`,
    `create index deliveries_pending on deliveries (campaign_id, domain_class, not_before, id) where status = 'pending'`,
  ],
  down: () => [
    `drop index deliveries_pending`,
    `create index deliveries_pending on deliveries (campaign_id, not_before, id) where status = 'pending'`,
    `alter table rate_buckets drop column day_count`,
    `alter table rate_buckets drop column day`,
    `alter table campaigns drop column send_window`,
    `alter table campaigns drop column daily_cap`,
    `alter table deliveries drop column domain_class`,
  ],
};
