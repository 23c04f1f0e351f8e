import { dropTables, type Migration } from '../src/core/database/migration.ts';

/** How campaigns are judged, who is held out of them, what a bandit drew, what mails are chosen by, and what was decided. */
export const migration: Migration = {
  name: '0014-experiments',
  up: (t) => [
    `alter table campaigns add column experiment ${t.json}`,
    `alter table campaigns add column experiment_sha256 ${t.text}`,
    `alter table campaigns add column holdout_share ${t.integer}`,
    `alter table campaigns add column allocation ${t.text}`,
    `alter table campaigns add column send_best ${t.flag}`,
    `alter table deliveries add column propensity ${t.real}`,
    `alter table deliveries add column chosen_by ${t.text}`,
    `create table holdouts (
      campaign_id ${t.integer} not null references campaigns (id),
      customer_ref ${t.integer} not null references customers (id),
      held_at ${t.time} not null,
      primary key (campaign_id, customer_ref)
    ${t.end}`,
    `create index holdouts_by_customer on holdouts (customer_ref)`,
    `create table experiment_decisions (
      campaign_id ${t.integer} primary key references campaigns (id),
      verdict ${t.text} not null check (verdict in ('winner', 'no_winner')),
      winner ${t.text},
      reason ${t.text} not null,
      figures ${t.json} not null,
      operator ${t.text} not null,
      decided_at ${t.time} not null,
      check ((verdict = 'winner') = (winner is not null))
    ${t.end}`,
  ],
  down: (t) => [
    ...dropTables(t, ['experiment_decisions', 'holdouts']),
    `alter table deliveries drop column chosen_by`,
    `alter table deliveries drop column propensity`,
    `alter table campaigns drop column send_best`,
    `alter table campaigns drop column allocation`,
    `alter table campaigns drop column holdout_share`,
    `alter table campaigns drop column experiment_sha256`,
    `alter table campaigns drop column experiment`,
  ],
};
