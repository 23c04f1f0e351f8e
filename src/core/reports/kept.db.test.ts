import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { fillReportData, REPORT_CONTEST } from '../../../test/fill-report-data.ts';
import { getContest } from '../contests/get-contest.ts';
import type { Database, Queries } from '../database/database.ts';
import { buildReport } from './build-report.ts';
import { buildTableReport } from './build-table-report.ts';
import { refreshMails } from './kept-mails.ts';
import type { Report } from './report.ts';

const NOW = '2026-09-01T10:00:00.000Z';
const TIME = sql.lit('2026-05-03T08:30:00.000Z');
const TABLES = ['revenue', 'cohorts', 'segments', 'deliverability'] as const;
const PEOPLE = 60;

type Change = (queries: Queries, at: number) => Promise<unknown>;

const run = (...statements: readonly ReturnType<typeof sql>[]): Change => {
  return async (queries) => {
    for (const statement of statements) await statement.execute(queries);
  };
};
const open = sql`(select min(id) from deliveries where status in ('pending', 'claimed', 'in_doubt'))`;

// What a night brings, and what only a person with a SQL prompt does.
const CHANGES: Readonly<Record<string, Change>> = {
  'an event comes in': (queries, at) =>
    sql`insert into events (provider_event_id, delivery_id, type, occurred_at, machine_open, imported_at)
      select 'n' || (max(e.id) + 1), ${at % 40} + 1, ${at % 2 ? 'clicked' : 'bounced'}, ${TIME}, 0, ${TIME} from events e`.execute(
      queries,
    ),
  'an event is rewritten': (queries, at) =>
    sql`update events set type = 'complained' where id = ${at}`.execute(queries),
  'an event is removed': (queries, at) => sql`delete from events where id = ${at}`.execute(queries),
  'the last event is removed and another comes': run(
    sql`delete from events where id = (select max(id) from events)`,
    sql`insert into events (provider_event_id, delivery_id, type, occurred_at, machine_open, imported_at)
      select 'm' || (max(e.id) + 1), 3, 'unsubscribed', ${TIME}, 0, ${TIME} from events e`,
  ),
  'a delivery is settled': run(
    sql`update deliveries set status = 'accepted', sent_at = ${TIME}, settled_at = ${TIME} where id = ${open}`,
  ),
  'a delivery is refused after all': (queries, at) =>
    sql`update deliveries set status = 'refused' where id = ${at}`.execute(queries),
  'a delivery is given back': (queries, at) =>
    sql`update deliveries set status = 'pending', sent_at = null, settled_at = null where id = ${at}`.execute(
      queries,
    ),
  'a mailbox gets a class': (queries, at) =>
    sql`update deliveries set domain_class = 'gmail' where id = ${at}`.execute(queries),
  'a booking changes': (queries, at) =>
    sql`update bookings set status = 'cancelled', amount_minor = amount_minor + 7 where id = ${at}`.execute(
      queries,
    ),
  'a booking comes in': (queries, at) =>
    sql`insert into bookings (id, source, booking_reference, customer_ref, amount_minor, refunded_minor, currency, status, booked_at, attributes, created_at)
      select max(b.id) + 1, 's', 'N' || (max(b.id) + 1), ${at}, 12345, 0, 'EUR', 'completed', ${TIME}, '{}', ${TIME} from bookings b`.execute(
      queries,
    ),
  'a referral is reversed': (queries, at) =>
    sql`update referrals set status = 'reversed' where id = ${at % 30}`.execute(queries),
  'a reward is paid': (queries, at) =>
    sql`update rewards set status = 'paid', paid_at = ${TIME} where id = ${at}`.execute(queries),
  'consent is withdrawn': (queries, at) =>
    sql`update customers set consent = 'withdrawn' where id = ${at}`.execute(queries),
  'somebody is erased': (queries, at) =>
    sql`update customers set erased_at = ${TIME}, first_name = null, email = null, address_key = null where id = ${at}`.execute(
      queries,
    ),
  'somebody joined at another time': (queries, at) =>
    sql`update customers set joined_at = ${TIME} where id = ${at}`.execute(queries),
  'somebody takes part': (queries, at) =>
    sql`insert into participants (contest_id, customer_ref, enrolled_at) values (2, ${at}, ${TIME}) on conflict do nothing`.execute(
      queries,
    ),
  'a code is revoked': (queries, at) =>
    sql`update codes set status = 'revoked' where id = ${at}`.execute(queries),
  'a member changes the segment': (queries, at) =>
    sql`update segment_members set segment_id = segment_id % 3 + 1 where customer_ref = ${at}`.execute(
      queries,
    ),
  'a segment is named otherwise': (queries, at) =>
    sql`update segments set name = ${`segment_${at}`} where id = ${(at % 3) + 1}`.execute(queries),
  'a campaign moves to another time': (queries, at) =>
    sql`update campaigns set started_at = ${TIME} where id = ${(at % 3) + 1}`.execute(queries),
  'a contest ends earlier': run(sql`update contests set ends_at = ${TIME} where id = 1`),
};

const change = fc.record({
  name: fc.constantFrom(...Object.keys(CHANGES)),
  at: fc.integer({ min: 1, max: PEOPLE }),
  report: fc.nat(),
});

const SCOPES = [
  {},
  // While some events had happened and others had not.
  { asOf: '2026-04-08T12:00:00.000Z' },
  { period: { name: '2026-04', from: '2026-03-31T22:00:00.000Z', to: '2026-04-30T22:00:00.000Z' } },
];

/** One of the reports, of all, of a contest, as of a time or for a period, with what is kept of earlier ones or without. */
async function ask(database: Database, number: number, keep: 'all' | 'none'): Promise<unknown> {
  const contest = number % 2 ? await getContest(database.queries, REPORT_CONTEST) : undefined;
  const scope = SCOPES[Math.floor(number / 16) % SCOPES.length];
  const request = { contest, now: NOW, timezone: 'Europe/Amsterdam', keep, ...scope };
  const table = TABLES[Math.floor(number / 2) % 8];
  return table === undefined
    ? buildReport(database, { report: 'summary', ...request })
    : buildTableReport(database, { report: table, ...request });
}

describeEngines('what is kept of reports', (openDatabase, engine) => {
  it('never shows what was before a change', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 24, maxLength: 24 }), async (changes) => {
        const database = await openDatabase();
        await fillReportData(database, { customers: PEOPLE });
        for (const { name, at, report } of changes) {
          // What this report leaves behind is what the next one must not believe.
          await ask(database, report, 'all');
          await database.transaction(async (transaction) => CHANGES[name]?.(transaction, at));
          expect(await ask(database, report, 'all')).toEqual(await ask(database, report, 'none'));
        }
      }),
      { numRuns: 1, endOnFailure: true },
    );
  });

  it('is believed as long as nothing has changed, and forgotten then', async () => {
    const database = await openDatabase();
    await fillReportData(database, { customers: PEOPLE });
    const honest = (await ask(database, 0, 'all')) as { tables: unknown };
    await sql`update report_kept set content = '[]' where key <> 'mails'`.execute(database.queries);
    const summary = (keep: 'all' | 'none'): Promise<Report> =>
      buildReport(database, { report: 'summary', now: NOW, timezone: 'Europe/Amsterdam', keep });
    // Nothing was kept of the summary but what the other report asked too.
    expect(((await ask(database, 0, 'all')) as typeof honest).tables).not.toEqual(honest.tables);
    await sql`update bookings set amount_minor = amount_minor + 1 where id = 1`.execute(database.queries);
    await sql`update customers set consent = 'unknown' where id = 1`.execute(database.queries);
    await sql`update referrals set reason = 'x' where id = 1`.execute(database.queries);
    const [kept, none] = [await summary('all'), await summary('none')];
    expect(kept.money).toEqual(none.money);
    expect(kept.consent).toEqual(none.consent);
  });

  it('tells how many events it has taken in, and then how many questions it has answered', async () => {
    const database = await openDatabase();
    await fillReportData(database, { customers: PEOPLE });
    const last = await database.queries
      .selectFrom('events')
      .select((of) => of.fn.max('id').as('id'))
      .executeTakeFirstOrThrow();
    const told: string[] = [];
    const onProgress = {
      onEvents: (done: number, total?: number) => told.push(`${done} of ${total} events`),
      onAnswer: (answers: number) => told.push(`answer ${answers}`),
    };
    await buildReport(database, {
      ...{ report: 'summary', now: NOW, timezone: 'Europe/Amsterdam', keep: 'all', onProgress },
    });
    const [events, ...answers] = told;
    expect(events).toBe(`${last.id} of ${last.id} events`);
    expect(answers.length).toBeGreaterThan(10);
    expect(answers).toEqual(answers.map((_, at) => `answer ${at + 1}`));
  });

  it('takes many events in steps, whoever else does or rewrites one of them meanwhile', async () => {
    const database = await openDatabase();
    await fillReportData(database, { customers: PEOPLE });
    const refresh = (onProgress?: (done: number) => void) =>
      refreshMails(database, { now: () => NOW }, { few: 0, slice: 7, onProgress });
    let steps = 0;
    await refresh(() => {
      steps += 1;
    });
    expect(steps).toBeGreaterThan(1);
    for (const at of [3, 20]) {
      const rewrite = sql`update events set type = 'complained' where id = ${at}`.execute(database.queries);
      await Promise.all([refresh(), rewrite, refresh()]);
      expect(await ask(database, 0, 'all')).toEqual(await ask(database, 0, 'none'));
      expect(await ask(database, 6, 'all')).toEqual(await ask(database, 6, 'none'));
    }
  });

  it('holds for whom a change of another connection is not there yet', async () => {
    // SQLite has one writer, and a report that can't write keeps nothing.
    if (engine === 'sqlite') return;
    const database = await openDatabase();
    await fillReportData(database, { customers: PEOPLE });
    await database.transaction(async (transaction) => {
      await sql`update customers set consent = 'withdrawn' where id < 20`.execute(transaction);
      expect(await ask(database, 8, 'all')).toEqual(await ask(database, 8, 'none'));
    });
    expect(await ask(database, 8, 'all')).toEqual(await ask(database, 8, 'none'));
  });
});
