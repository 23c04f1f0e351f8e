import { Readable } from 'node:stream';
import type { Run } from '../src/core/audit/run.ts';
import { type Clock, clockAt } from '../src/core/clock.ts';
import { codeMaker } from '../src/core/codes/code.ts';
import { getContest } from '../src/core/contests/get-contest.ts';
import { hashRules, parseRules } from '../src/core/contests/rules.ts';
import {
  type ImportBookingsOptions,
  type ImportBookingsResult,
  importBookings,
} from '../src/core/conversions/import-bookings.ts';
import { parseAddress } from '../src/core/customers/address-key.ts';
import type { Database } from '../src/core/database/database.ts';
import { systemRandom } from '../src/core/random.ts';
import { addMilliseconds, type Instant } from '../src/core/time.ts';

export const TEST_RUN: Run = { id: null, operator: 'tester' };
export const CONTEST = 'summer';
export const NOW: Instant = '2026-09-15T12:00:00.000Z';

export interface ContestFixture {
  readonly database: Database;
  /** The code of each participant: `codes.get('C-1')`. */
  readonly codes: ReadonlyMap<string, string>;
  /** Imports these rows as a CSV file; the first row is the header. */
  importRows(
    rows: readonly (readonly string[])[],
    options?: Partial<ImportBookingsOptions> & { readonly clock?: Clock },
  ): Promise<ImportBookingsResult>;
  referrals(): Promise<readonly ReferralState[]>;
}

export interface ReferralState {
  readonly booking_reference: string;
  readonly referrer: string;
  readonly status: string;
  readonly reason: string;
  readonly amount_minor: number;
}

export interface FixtureOptions {
  readonly rules?: object;
  /** customer_id → address (or more); C-1, C-2, C-3 by default. */
  readonly people?: Readonly<
    Record<string, { readonly email?: string; readonly phone?: string; readonly name?: string }>
  >;
}

/** An active contest of June to August 2026, Amsterdam time, whose people have a code each. */
export async function createContestFixture(
  database: Database,
  { rules = {}, people = { 'C-1': {}, 'C-2': {}, 'C-3': {} } }: FixtureOptions = {},
): Promise<ContestFixture> {
  const { text, sha256 } = hashRules(parseRules(rules));
  const { id: contestId } = await database.queries
    .insertInto('contests')
    .values({
      ...{ slug: CONTEST, name: 'Summer', benefit: '25 euro', description: '', status: 'active' },
      ...{
        timezone: 'Europe/Amsterdam',
        starts_at: '2026-05-31T22:00:00.000Z',
        ends_at: '2026-08-31T22:00:00.000Z',
      },
      ...{ rules: text, rules_sha256: sha256, created_at: '2026-05-01T00:00:00.000Z' },
      ...{ launched_at: '2026-05-01T00:00:00.000Z', ended_at: null, finalized_at: null },
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const codes = new Map<string, string>();
  const makeCode = codeMaker(systemRandom);
  for (const [customerId, person] of Object.entries(people)) {
    const email = person.email ?? `${customerId.toLowerCase()}@example.org`;
    const { id } = await database.queries
      .insertInto('customers')
      .values({
        ...{ customer_id: customerId, email, address_key: parseAddress(email)?.address_key ?? email },
        ...{
          name: person.name ?? null,
          first_name: null,
          last_name: null,
          tier: null,
          locale: null,
          timezone: null,
        },
        ...{
          phone: person.phone ?? null,
          country: null,
          joined_at: null,
          last_active_at: null,
          consent: 'granted',
        },
        ...{
          consent_at: null,
          consent_source: null,
          total_bookings: null,
          total_spend: null,
          attributes: '{}',
        },
        ...{ source: 'import', erased_at: null, created_at: NOW, updated_at: NOW },
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const code = makeCode();
    await database.queries
      .insertInto('codes')
      .values({
        ...{ code, contest_id: contestId, customer_ref: id, status: 'active' as const, revoked_at: null },
        ...{ created_at: '2026-05-01T00:00:00.000Z', expires_at: addMilliseconds(NOW, 86_400_000 * 200) },
      })
      .execute();
    codes.set(customerId, code);
  }
  return {
    database,
    codes,
    importRows: rowImporter(database),
    async referrals() {
      const contest = await getContest(database.queries, CONTEST);
      return database.queries
        .selectFrom('referrals as r')
        .innerJoin('bookings as b', 'b.id', 'r.booking_id')
        .innerJoin('customers as c', 'c.id', 'r.referrer_ref')
        .select([
          'b.booking_reference',
          'c.customer_id as referrer',
          'r.status',
          'r.reason',
          'r.amount_minor',
        ])
        .where('r.contest_id', '=', contest.id)
        .orderBy('b.booking_reference')
        .execute();
    },
  };
}

/** Imports rows as a CSV file into the contest of a database; the first row is the header. */
export function rowImporter(database: Database): ContestFixture['importRows'] {
  return async (rows, { clock = clockAt(NOW), ...options } = {}) => {
    const csv = rows.map((row) => `${row.join(',')}\n`).join('');
    return importBookings(
      { database, clock, run: TEST_RUN, signal: new AbortController().signal },
      {
        ...{
          input: Readable.from([Buffer.from(csv)]),
          file: 'bookings.csv',
          contest: CONTEST,
          source: 'bookings',
        },
        ...{ map: [], statusMap: [], currency: 'EUR', dryRun: false },
        ...options,
      },
    );
  };
}

/** The dependencies of services on this database, at a time. */
export function dependenciesAt(database: Database, now: Instant = NOW) {
  return { database, clock: clockAt(now), run: TEST_RUN };
}
