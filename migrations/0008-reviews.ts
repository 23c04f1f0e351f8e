import { dropTables, type Migration } from '../src/core/database/migration.ts';

/** Who submitted, approved and rejected a campaign, and what they said; nothing in it is ever written over. */
export const migration: Migration = {
  name: '0008-reviews',
  up: (t) => [
    `create table campaign_reviews (
      id ${t.id},
      campaign_id ${t.integer} not null references campaigns (id),
      action ${t.text} not null check (action in ('submitted', 'approved', 'rejected')),
      operator ${t.text} not null,
      plan_digest ${t.text},
      note ${t.text},
      created_at ${t.time} not null
    ${t.end}`,
    `create index campaign_reviews_by_campaign on campaign_reviews (campaign_id, id)`,
  ],
  down: (t) => dropTables(t, ['campaign_reviews']),
};
