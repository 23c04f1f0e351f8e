import { type ColumnTypes, dropTables, type Migration } from '../src/core/database/migration.ts';

// What reports are made of. New rows are known on SQLite by the highest key, which never comes twice.
const SOURCES = [
  'customers',
  'suppressions',
  'contests',
  'participants',
  'codes',
  'sign_ups',
  'campaigns',
  'deliveries',
  'events',
  'bookings',
  'referrals',
  'rewards',
  'segments',
];

/** What reports keep of earlier ones, and the counts of changes by which they know whether it still holds. */
export const migration: Migration = {
  name: '0015-reports',
  up: (t) => [
    `create table report_changes (id ${t.id}, source ${t.text} not null, changes ${t.integer} not null ${t.end}`,
    `create table report_kept (
      key ${t.text} primary key,
      stamp ${t.text} not null,
      content ${t.text} not null,
      stored_at ${t.time} not null
    ${t.end}`,
    `create table report_mails (
      delivery_id ${t.integer} primary key,
      campaign_id ${t.integer} not null,
      customer_ref ${t.integer} not null,
      marks ${t.integer} not null
    ${t.end}`,
    ...(t.engine === 'sqlite' ? sqliteTriggers() : postgresTriggers()),
  ],
  down: (t) => [...dropTriggers(t), ...dropTables(t, ['report_mails', 'report_kept', 'report_changes'])],
};

function sqliteTriggers(): string[] {
  const note = (source: string): string =>
    `insert into report_changes (source, changes) values ('${source}', 1) on conflict (source) do update set changes = changes + 1;`;
  return [
    'create unique index report_changes_by_source on report_changes (source)',
    ...SOURCES.flatMap((table) => [
      // The send loop changes open deliveries all the time; those are counted when they are read.
      `create trigger ${table}_tells_update after update on ${table}${
        table === 'deliveries' ? ` when old.status not in ('pending', 'claimed', 'sending')` : ''
      } begin ${note(table)} end`,
      `create trigger ${table}_tells_delete after delete on ${table} begin ${note(table)} end`,
    ]),
    // What was taken from an event or a delivery into report_mails is taken once.
    `create trigger events_tells_rewrite after update of delivery_id, type, machine_open on events begin ${note('mails')} end`,
    `create trigger events_tells_removal after delete on events begin ${note('mails')} end`,
    `create trigger deliveries_tells_rewrite after update of campaign_id, customer_ref, domain_class on deliveries begin ${note('mails')} ${note('deliveries')} end`,
    `create trigger deliveries_tells_removal after delete on deliveries begin ${note('mails')} end`,
  ];
}

// Once for a statement, however many rows: every statement adds a row of its own, so that nobody waits for anybody.
function postgresTriggers(): string[] {
  return [
    `create function report_notes_change() returns trigger language plpgsql as $$
      begin insert into report_changes (source, changes) values (tg_argv[0], 1); return null; end $$`,
    ...[...SOURCES, 'segment_members'].map((table) =>
      postgresTrigger(table, 'change', 'insert or update or delete or truncate', table),
    ),
    postgresTrigger('events', 'rewrite', 'update of delivery_id, type, machine_open', 'mails'),
    postgresTrigger('events', 'removal', 'delete or truncate', 'mails'),
    postgresTrigger('deliveries', 'rewrite', 'update of campaign_id, customer_ref', 'mails'),
    postgresTrigger('deliveries', 'removal', 'delete or truncate', 'mails'),
  ];
}

function postgresTrigger(table: string, name: string, when: string, source: string): string {
  return `create trigger ${table}_tells_${name} after ${when} on ${table} for each statement execute function report_notes_change('${source}')`;
}

function dropTriggers({ engine }: ColumnTypes): string[] {
  if (engine === 'sqlite') {
    const rewrites = ['events', 'deliveries'].flatMap((table) => [
      `${table}_tells_rewrite`,
      `${table}_tells_removal`,
    ]);
    const names = SOURCES.flatMap((table) => [`${table}_tells_update`, `${table}_tells_delete`]);
    return [...names, ...rewrites].map((name) => `drop trigger ${name}`);
  }
  const rewrites = ['events', 'deliveries'].flatMap((table) => [
    `drop trigger ${table}_tells_rewrite on ${table}`,
    `drop trigger ${table}_tells_removal on ${table}`,
  ]);
  return [
    ...rewrites,
    ...[...SOURCES, 'segment_members'].map((table) => `drop trigger ${table}_tells_change on ${table}`),
    'drop function report_notes_change()',
  ];
}
