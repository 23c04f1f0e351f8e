import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { clockAt } from '../../src/core/clock.ts';
import { changeContestStatus } from '../../src/core/contests/change-contest-status.ts';
import { type FinalizedContest, finalizeContest } from '../../src/core/contests/finalize-contest.ts';
import { getContest } from '../../src/core/contests/get-contest.ts';
import { decideReferrals } from '../../src/core/conversions/decide-referrals.ts';
import { type ImportBookingsResult, importBookings } from '../../src/core/conversions/import-bookings.ts';
import type { Database } from '../../src/core/database/database.ts';
import { openDatabase } from '../../src/core/database/open-database.ts';
import { computeLeaderboard } from '../../src/core/leaderboard/compute-leaderboard.ts';
import { claimRewards, expireRewards, reverseRewards } from '../../src/core/rewards/change-rewards.ts';
import { type ComputeResult, computeRewards } from '../../src/core/rewards/compute-rewards.ts';
import { getPayout } from '../../src/core/rewards/get-payout.ts';
import { payRewards } from '../../src/core/rewards/pay-rewards.ts';
import type { PayoutLine } from '../../src/core/rewards/payout-queries.ts';
import { listRewardBalances } from '../../src/core/rewards/reward-balance.ts';
import { verifyRewards } from '../../src/core/rewards/verify-rewards.ts';
import { CONTEST, createContestFixture, NOW, TEST_RUN } from '../contest-fixture.ts';
import {
  type BookingRow,
  bookedAt,
  friendOf,
  money,
  OWNERS,
  ownerOf,
  referenceOf,
  rulesOf,
  SEED_OF_DRAWING,
  type Verb,
  type WorldOptions,
} from './bookkeeper.ts';

export const START = Date.parse(NOW);

const HEADER = [
  ...['booking_reference', 'customer_id', 'code', 'amount', 'currency', 'status', 'booked_at'],
  ...['refunded_amount', 'updated_at', 'note'],
];
const MINUTE_MS = 60_000;
const FIRST_STAMP = Date.parse('2026-06-01T00:00:00.000Z');

export interface FileOfBookings {
  readonly csv: string;
  readonly rows: readonly BookingRow[];
}

/** The program on a real database. Every action takes the database to use, so that it can be one that dies half-way. */
export class World {
  database: Database;
  readonly #url: string;
  readonly #codes: ReadonlyMap<string, string>;
  readonly files: FileOfBookings[] = [];
  now = START;

  private constructor(url: string, database: Database, codes: ReadonlyMap<string, string>) {
    this.#url = url;
    this.database = database;
    this.#codes = codes;
  }

  static async create(url: string, options: WorldOptions): Promise<World> {
    const database = await openDatabase({ url });
    const people = Object.fromEntries(OWNERS.map((owner) => [owner, {}]));
    const { codes } = await createContestFixture(database, { rules: rulesOf(options), people });
    await database.queries
      .updateTable('contests')
      .set({ seed: SEED_OF_DRAWING.seed, seed_sha256: SEED_OF_DRAWING.sha256 })
      .execute();
    return new World(url, database, codes);
  }

  /** Goes on with new connections, as a process that is started again. */
  async reopen(): Promise<void> {
    await this.database.close();
    this.database = await openDatabase({ url: this.#url });
  }

  #dependencies(database: Database) {
    return { database, clock: clockAt(new Date(this.now).toISOString()), run: TEST_RUN };
  }

  /** An export with these rows; no two have the same bytes. */
  write(rows: readonly BookingRow[]): FileOfBookings {
    const n = this.files.length;
    const lines = rows.map(({ booking, status, amount, refunded, stamp }) => [
      ...[referenceOf(booking), friendOf(booking), this.#codes.get(ownerOf(booking)) ?? ''],
      ...[money(amount), 'EUR', status, bookedAt(booking), money(refunded)],
      ...[stamp === undefined ? '' : new Date(FIRST_STAMP + stamp * MINUTE_MS).toISOString(), `file ${n}`],
    ]);
    const csv = [HEADER, ...lines].map((line) => `${line.join(',')}\n`).join('');
    const file = { csv, rows };
    this.files.push(file);
    return file;
  }

  import({ csv }: FileOfBookings, database = this.database): Promise<ImportBookingsResult> {
    return importBookings(
      { ...this.#dependencies(database), signal: new AbortController().signal },
      {
        ...{ input: Readable.from([Buffer.from(csv)]), file: 'bookings.csv', contest: CONTEST },
        ...{ source: 'bookings', map: [], statusMap: [], currency: 'EUR', dryRun: false },
      },
    );
  }

  async decide(bookings: readonly number[], decision: Verb, database = this.database): Promise<number> {
    const rows = await this.database.queries
      .selectFrom('referrals as r')
      .innerJoin('bookings as b', 'b.id', 'r.booking_id')
      .select('r.id')
      .where('b.booking_reference', 'in', bookings.map(referenceOf))
      .execute();
    const ids = rows.map(({ id }) => id);
    const options = { ids, decision, reason: '', dryRun: false };
    return (await decideReferrals(this.#dependencies(database), options)).changed;
  }

  compute(database = this.database): Promise<ComputeResult> {
    return computeRewards(this.#dependencies(database), { contest: CONTEST, dryRun: false });
  }

  /** What each customer was handed, in cents; undefined when nothing was due. */
  async pay(database = this.database): Promise<ReadonlyMap<string, number> | undefined> {
    let lines: readonly PayoutLine[] | undefined;
    const options = { contest: undefined, dryRun: false };
    await payRewards(this.#dependencies(database), options, async (files) => {
      lines = files.lines;
    });
    return lines === undefined ? undefined : handedBy(lines);
  }

  /** The newest payout, as its file would be written again. */
  async lastPayout(): Promise<ReadonlyMap<string, number>> {
    const { payout } = await this.database.queries
      .selectFrom('payouts')
      .select('payout')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    return handedBy((await getPayout(this.database.queries, payout, { now: NOW })).lines);
  }

  async countPayouts(): Promise<number> {
    return (await this.database.queries.selectFrom('payouts').select('id').execute()).length;
  }

  async claim(keys: readonly string[], verb: 'claim' | 'revoke'): Promise<number> {
    const known = await this.#readRewards();
    const ids = keys.flatMap((key) => known.get(key)?.id ?? []);
    const dependencies = this.#dependencies(this.database);
    const { changed } =
      verb === 'claim'
        ? await claimRewards(dependencies, { ids, dryRun: false })
        : await reverseRewards(dependencies, { ids, reason: '', dryRun: false });
    return changed;
  }

  async expire(): Promise<number> {
    const options = { contest: undefined, dryRun: false };
    return (await expireRewards(this.#dependencies(this.database), options)).expired;
  }

  /** Ends the contest and finalizes it, each in a transaction of its own. */
  async finalize(database = this.database): Promise<FinalizedContest> {
    const { queries } = this.database;
    const dependencies = this.#dependencies(database);
    if ((await getContest(queries, CONTEST)).status === 'active')
      await this.database.transaction((trx) => changeContestStatus(trx, dependencies, CONTEST, 'end'));
    return database.transaction((trx) => finalizeContest(trx, dependencies, CONTEST, { leaveOpen: true }));
  }

  async #readRewards(): Promise<
    ReadonlyMap<string, { id: number; customer: string; status: string; amount: number }>
  > {
    const rows = await this.database.queries
      .selectFrom('rewards as w')
      .innerJoin('customers as c', 'c.id', 'w.customer_ref')
      .leftJoin('referrals as r', 'r.id', 'w.referral_id')
      .leftJoin('bookings as b', 'b.id', 'r.booking_id')
      .select(['w.id', 'w.side', 'w.rule', 'w.status', 'w.amount_minor', 'w.days', 'w.points'])
      .select(['c.customer_id', 'b.booking_reference'])
      .execute();
    return new Map(
      rows.map(({ id, side, rule, status, amount_minor, days, points, customer_id, booking_reference }) => {
        const at = rule.split('.')[2];
        const key =
          booking_reference !== null
            ? `${booking_reference} ${side}`
            : side === 'milestone'
              ? `milestone ${at} ${customer_id}`
              : rule;
        return [key, { id, customer: customer_id, status, amount: amount_minor ?? days ?? points ?? 1 }];
      }),
    );
  }

  /** Every reward of the ledger is the one of the bookkeeper, and the other way round. */
  async compareRewards(
    expected: ReadonlyMap<
      string,
      { readonly customer: string; readonly status: string; readonly amount: number }
    >,
  ): Promise<void> {
    const inLedger = [...(await this.#readRewards())].map(
      ([key, { status, amount, customer }]) => `${key}: ${customer} ${status} ${amount}`,
    );
    const inBooks = [...expected].map(([key, { status, amount, customer }]) => {
      const shown = status === 'revoked' ? 'reversed' : status;
      return `${key}: ${customer} ${shown} ${amount}`;
    });
    assert.deepEqual(inLedger.sort(), inBooks.sort());
  }

  async compareBalances(balanceOf: (customer: string) => number): Promise<void> {
    for (const { customer_id, balance } of await listRewardBalances(this.database.queries, { now: NOW })) {
      assert.equal(balance, money(balanceOf(customer_id)), customer_id);
    }
  }

  /** The leaderboard is this one, and its digest the one that follows from its entries. */
  async compareBoard(
    entries: readonly {
      readonly customer_id: string;
      readonly points: number;
      readonly reached_at: string;
      readonly qualified: boolean;
    }[],
  ): Promise<void> {
    const contest = await getContest(this.database.queries, CONTEST);
    const { digest } = await computeLeaderboard(this.database.queries, contest, { now: NOW });
    const lines = entries.map(
      ({ customer_id, points, reached_at, qualified }, index) =>
        `{"counted":${points},"customer_id":"${customer_id}","groups":0,"points":${points},"position":${index + 1},"qualified":${qualified},"reached_at":"${reached_at}","referrals":${points}}`,
    );
    const text = `{"contest":"${CONTEST}","entries":[${lines.join(',')}],"rules_sha256":"${contest.rules_sha256}"}`;
    assert.equal(digest, createHash('sha256').update(text).digest('hex'));
  }

  async verify(): Promise<void> {
    const { findings } = await verifyRewards(this.database.queries, new Date(this.now).toISOString());
    assert.deepEqual(findings, []);
  }
}

function handedBy(lines: readonly PayoutLine[]): ReadonlyMap<string, number> {
  return new Map(lines.map(({ customer_id, amount_minor }) => [customer_id, amount_minor]));
}
