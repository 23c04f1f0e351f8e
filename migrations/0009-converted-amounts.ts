import type { Migration } from '../src/core/database/migration.ts';

/** What a booking cost before refunds, where the rules of a contest convert it to another currency. */
export const migration: Migration = {
  name: '0009-converted-amounts',
  up: (t) => [`alter table referrals add column gross_minor ${t.integer}`],
  down: () => [`alter table referrals drop column gross_minor`],
};
