import { type RawBuilder, sql } from 'kysely';
import { createRowForm, spellValue } from '../customers/row-form.ts';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { suspendIndexes } from '../database/suspend-indexes.ts';
import { writeChangedPages } from '../database/work-memory.ts';
import { writeBehind } from '../database/write-behind.ts';
import type { Instant } from '../time.ts';
import {
  addReferral,
  copyReferrals,
  createReferralRows,
  REFERRAL_COLUMNS,
  type ReferralRow,
} from './referral-queries.ts';
import { createRowPayload, type RowPayload } from './row-payload.ts';

/** The first referrals of all: they are many, and nobody reads them before the transaction ends. */
export interface ReferralLoad {
  add(rows: readonly ReferralRow[]): Promise<void>;
  finish(): Promise<void>;
}

/** Bookings whose referrals wait in one table: few enough to be sorted in memory and to leave room in the cache. */
const PART = 75_000;
/** Bytes to a statement, about. */
const FLUSH_AT = 250_000;
const ROOM = 300_000;
/** The same where every statement is a conversation with a server. */
const COPY_AT = 1_000_000;
const COPY_ROOM = 1_100_000;
// The others are the same in all rows.
const COLUMNS = (Object.keys(REFERRAL_COLUMNS) as (keyof ReferralRow)[]).filter(
  (column) => column !== 'contest_id' && column !== 'updated_at',
);
const NAMES = sql.join(COLUMNS.map((column) => sql.ref(column)));

/**
 * Begins a load of the referrals of one contest into the empty table. On SQLite the rows wait in temporary tables and go over in the order of the bookings, so that the
 * bookings and friends that they point at are asked for in the order in which they lie.
 */
export async function beginReferralLoad(
  queries: Queries,
  contestId: number,
  now: Instant,
): Promise<ReferralLoad> {
  if (engineOf(queries) === 'postgres') return beginServerLoad(queries);
  const form = createRowForm('jsonb', []);
  const parts = new Map<number, RowPayload>();
  return {
    async add(rows) {
      for (const row of rows) {
        const part = Math.floor(row.booking_id / PART);
        let payload = parts.get(part);
        if (payload === undefined) {
          payload = createRowPayload(form, ROOM);
          parts.set(part, payload);
          await createPart(queries, part);
        }
        payload.add(form.row(COLUMNS.map((column) => spellValue(form, row[column]))));
        if (payload.length() >= FLUSH_AT) await fillPart(queries, part, payload);
      }
    },
    async finish() {
      const restore = await suspendIndexes(queries, 'referrals');
      for (const [part, payload] of [...parts].sort(([a], [b]) => a - b)) {
        await fillPart(queries, part, payload);
        await takePart(queries, part, contestId, now);
        await writeChangedPages(queries, 'bookings');
      }
      await restore();
    },
  };
}

// While the server takes some rows in, the next ones are decided.
async function beginServerLoad(queries: Queries): Promise<ReferralLoad> {
  const restore = await suspendIndexes(queries, 'referrals');
  const writing = writeBehind<Buffer>((bytes) => copyReferrals(queries, bytes));
  let [filled, other] = [createReferralRows(COPY_ROOM), createReferralRows(COPY_ROOM)];
  const flush = async (): Promise<void> => {
    await writing.add(filled.finish());
    [filled, other] = [other, filled];
  };
  return {
    async add(rows) {
      for (const row of rows) addReferral(filled, row);
      if (filled.length() >= COPY_AT) await flush();
    },
    async finish() {
      await flush();
      await writing.finish();
      await restore();
    },
  };
}

async function createPart(queries: Queries, part: number): Promise<void> {
  await sql`drop table if exists ${tableOf(part)}`.execute(queries);
  await sql`create temp table ${tableOf(part)} (${NAMES})`.execute(queries);
}

async function fillPart(queries: Queries, part: number, payload: RowPayload): Promise<void> {
  if (payload.isEmpty()) return;
  const cells = COLUMNS.map((_, index) => sql`json_extract(entry.value, ${sql.lit(`$[${index}]`)})`);
  await sql`insert into ${tableOf(part)} (${NAMES})
    select ${sql.join(cells)} from jsonb_each(${payload.finish()}) as entry`.execute(queries);
}

async function takePart(queries: Queries, part: number, contestId: number, now: Instant): Promise<void> {
  await sql`insert into referrals (contest_id, ${NAMES}, created_at, updated_at)
    select ${contestId}, ${NAMES}, ${now}, ${now} from ${tableOf(part)} order by booking_id`.execute(queries);
  await sql`drop table ${tableOf(part)}`.execute(queries);
}

function tableOf(part: number): RawBuilder<unknown> {
  return sql.ref(`decided_${part}`);
}
