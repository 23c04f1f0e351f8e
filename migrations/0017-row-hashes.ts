import type { ColumnTypes, Migration } from '../src/core/database/migration.ts';

// What a change of which means that the customer is no longer as the row left them.
const COLUMNS = [
  ...['customer_id', 'email', 'address_key', 'name', 'first_name', 'last_name', 'tier', 'locale', 'timezone'],
  ...['phone', 'country', 'joined_at', 'last_active_at', 'consent', 'consent_at', 'consent_source'],
  ...['total_bookings', 'total_spend', 'attributes', 'source', 'erased_at', 'updated_at'],
];

/** A hash of the row that an import last took a customer from, forgotten with any other change: the same row again changes nothing. */
export const migration: Migration = {
  name: '0017-row-hashes',
  up: (t) => [`alter table customers add column row_hash ${t.integer}`, ...createTriggers(t)],
  down: (t) => [...dropTriggers(t), 'alter table customers drop column row_hash'],
};

function createTriggers({ engine }: ColumnTypes): string[] {
  if (engine === 'sqlite') {
    return [
      `create trigger customers_forgets_row after update of ${COLUMNS.join(', ')} on customers
        when old.row_hash is not null and new.row_hash is old.row_hash
        begin update customers set row_hash = null where id = new.id; end`,
    ];
  }
  return [
    `create function customer_forgets_row() returns trigger language plpgsql as $$
      begin new.row_hash := null; return new; end $$`,
    `create trigger customers_forgets_row before update of ${COLUMNS.join(', ')} on customers
      for each row when (old.row_hash is not null and new.row_hash is not distinct from old.row_hash)
      execute function customer_forgets_row()`,
  ];
}

function dropTriggers({ engine }: ColumnTypes): string[] {
  return engine === 'sqlite'
    ? ['drop trigger customers_forgets_row']
    : ['drop trigger customers_forgets_row on customers', 'drop function customer_forgets_row()'];
}
