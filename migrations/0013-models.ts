import { dropTables, type Migration } from '../src/core/database/migration.ts';

/** Models with their versions, who promoted which, what they say about customers; and who was in which segment when. */
export const migration: Migration = {
  name: '0013-models',
  up: (t) => [
    `create table models (
      id ${t.id},
      name ${t.text} not null,
      version ${t.integer} not null check (version > 0),
      source ${t.text} not null check (source in ('file', 'customers')),
      target ${t.text} not null,
      document ${t.text} not null,
      sha256 ${t.text} not null,
      figures ${t.text} not null,
      seed ${t.integer} not null,
      rows ${t.integer} not null check (rows > 0),
      data_sha256 ${t.text} not null,
      backend ${t.text} not null,
      libraries ${t.text} not null,
      beats_baseline ${t.flag} not null check (beats_baseline in (0, 1)),
      created_at ${t.time} not null,
      run_id ${t.integer} references runs (id),
      unique (name, version)
    ${t.end}`,
    `create table model_promotions (
      id ${t.id},
      model_id ${t.integer} not null references models (id),
      action ${t.text} not null check (action in ('promoted', 'rolled_back')),
      forced ${t.flag} not null check (forced in (0, 1)),
      operator ${t.text} not null,
      promoted_at ${t.time} not null,
      run_id ${t.integer} references runs (id)
    ${t.end}`,
    `create index model_promotions_by_model on model_promotions (model_id, id)`,
    // Not a number is null on SQLite and above every number on PostgreSQL: both are refused.
    `create table predictions (
      model_id ${t.integer} not null references models (id),
      customer_ref ${t.integer} not null references customers (id),
      score ${t.real} not null check (score >= 0 and score <= 1),
      segment ${t.text} not null,
      scored_at ${t.time} not null,
      primary key (model_id, customer_ref)
    ${t.end}`,
    `create index predictions_by_customer on predictions (customer_ref)`,
    `create table segment_history (
      segment_id ${t.integer} not null references segments (id),
      customer_ref ${t.integer} not null references customers (id),
      entered_at ${t.time} not null,
      left_at ${t.time},
      primary key (segment_id, customer_ref, entered_at)
    ${t.end}`,
    `create index segment_history_by_customer on segment_history (customer_ref)`,
    `create unique index segment_history_open on segment_history (segment_id, customer_ref) where left_at is null`,
  ],
  down: (t) => dropTables(t, ['segment_history', 'predictions', 'model_promotions', 'models']),
};
