import { clockAt } from '../../clock.ts';
import { listCodes } from '../../codes/list-codes.ts';
import { getContest } from '../../contests/get-contest.ts';
import { listReferrals } from '../../conversions/list-referrals.ts';
import { referralFields } from '../../conversions/referral-fields.ts';
import { CUSTOMER_COLUMNS, type CustomerColumn } from '../../customers/customer-row.ts';
import { listCustomers } from '../../customers/list-customers.ts';
import type { Database, Queries } from '../../database/database.ts';
import { listJsonNames } from '../../database/list-json-names.ts';
import { didYouMean } from '../../did-you-mean.ts';
import { ReferralError } from '../../errors.ts';
import { computeLeaderboard } from '../../leaderboard/compute-leaderboard.ts';
import { listStandings } from '../../leaderboard/list-standings.ts';
import { findPackedFormats, type PackedFormats } from '../../packed/open-packed.ts';
import type { PackedKind, PackedTable } from '../../packed/packed-rows.ts';
import { compileWhere } from '../../selection/compile-where.ts';
import { customerFields } from '../../selection/customer-fields.ts';
import type { Instant } from '../../time.ts';
import type { SheetType } from '../xlsx/workbook-parts.ts';
import { readTable } from './read-table.ts';
import { streamSnapshot } from './stream-snapshot.ts';
import type { ExportColumn, ExportRow } from './table-export.ts';
import { TABLE_EXPORTS } from './table-exports-queries.ts';

export interface ExportRequest {
  readonly noun: string;
  readonly contest?: string | undefined;
  /** `--where` texts. */
  readonly where: readonly string[];
  readonly limit?: number | undefined;
  readonly offset: number;
  readonly now: Instant;
  readonly timezone: string;
}

export interface Export {
  /** Attributes last, each a column `attributes.NAME`. */
  readonly columns: readonly ExportColumn[];
  /** Read on one snapshot, in an order that nothing but the data decides, in flat memory. */
  readonly rows: AsyncIterable<ExportRow>;
  /** The same rows written already, several times as fast, where they can be. */
  readonly formats?: PackedFormats | undefined;
}

type Opener = (database: Database, request: ExportRequest) => Promise<Export>;

const OPENERS: Readonly<Record<string, Opener>> = {
  codes: openCodes,
  customers: openCustomers,
  leaderboard: openLeaderboard,
  referrals: openReferrals,
};

/** What can be exported. */
export const EXPORT_NOUNS: readonly string[] = [
  ...Object.keys(OPENERS),
  ...TABLE_EXPORTS.map(({ noun }) => noun),
].sort();

/**
 * Gets an export ready: the request is checked at once, the rows are read as they are asked for. Throws `usage` for an
 * unknown noun or a bad condition, `not_found` for a contest.
 */
export async function openExport(database: Database, request: ExportRequest): Promise<Export> {
  const open = OPENERS[request.noun] ?? openTable;
  return open(database, request);
}

async function openTable(database: Database, request: ExportRequest): Promise<Export> {
  const { noun, contest, where, limit, offset, now, timezone } = request;
  const table = TABLE_EXPORTS.find((candidate) => candidate.noun === noun);
  if (table === undefined) {
    throw new ReferralError('usage', `There is nothing called "${noun}" to export`, {
      hint: didYouMean(noun, EXPORT_NOUNS, `Choose one of ${EXPORT_NOUNS.join(', ')}.`),
    });
  }
  const { queries } = database;
  const condition = await compileWhere(queries, where, table.fields, { now, timezone });
  const contestId = contest === undefined ? undefined : (await getContest(queries, contest)).id;
  const names =
    table.attributes === undefined
      ? []
      : await listJsonNames(queries, table.attributes.table, table.attributes.column);
  return {
    columns: [...table.columns, ...attributeColumns(names)],
    rows: streamSnapshot(database, (snapshot) =>
      readTable(snapshot, table, { condition, contestId, limit, offset }),
    ),
  };
}

async function openCustomers(database: Database, request: ExportRequest): Promise<Export> {
  const { contest, where, limit, offset, now, timezone } = request;
  if (contest !== undefined) await getContest(database.queries, contest);
  const conditions = contest === undefined ? where : [...where, `contest = "${contest}"`];
  const { queries } = database;
  const list = (snapshot: Queries) =>
    listCustomers(snapshot, { where: conditions, limit, offset, now, timezone });
  // A snapshot reads with a small cache of its own; the whole table goes through it.
  const { attributes } = await database.snapshot(list);
  const condition = await compileWhere(queries, conditions, customerFields, { now, timezone });
  return {
    columns: [
      ...CUSTOMER_COLUMNS.map((key) => ({ key, type: CUSTOMER_TYPES[key] ?? 'text' })),
      ...attributeColumns(attributes),
    ],
    rows: streamSnapshot(database, async function* (snapshot) {
      yield* (await list(snapshot)).rows;
    }),
    formats: findPackedFormats(
      database,
      PACKED_CUSTOMERS,
      { condition, limit, offset },
      { columns: CUSTOMER_COLUMNS, attributes },
    ),
  };
}

async function openCodes(database: Database, request: ExportRequest): Promise<Export> {
  const { contest, where, limit, offset, now, timezone } = request;
  const list = (queries: Queries) =>
    listCodes(queries, clockAt(now), { contest, where, limit, offset, timezone });
  await list(database.queries);
  return {
    columns: columnsOf('text', ['code', 'customer_id', 'contest', 'status'], ['created_at', 'expires_at']),
    rows: streamSnapshot(database, async function* (queries) {
      for await (const row of (await list(queries)).rows) yield { ...row };
    }),
  };
}

async function openReferrals(database: Database, request: ExportRequest): Promise<Export> {
  const { contest, where, limit, offset, now, timezone } = request;
  const { queries } = database;
  await compileWhere(queries, where, referralFields, { now, timezone });
  if (contest !== undefined) await getContest(queries, contest);
  const names = await listJsonNames(queries, 'bookings', 'attributes');
  return {
    columns: [
      { key: 'id', type: 'integer' },
      ...columnsOf('text', [
        ...['contest', 'code', 'referrer_id', 'friend_id', 'booking_reference', 'status', 'reason'],
      ]),
      { key: 'points', type: 'integer' },
      { key: 'amount', type: 'decimal' },
      ...columnsOf('text', ['currency'], ['booked_at', 'decided_at']),
      ...columnsOf('text', ['source']),
      ...attributeColumns(names),
    ],
    rows: streamSnapshot(database, async function* (snapshot) {
      for await (const row of listReferrals(snapshot, { contest, where, limit, offset, now, timezone })) {
        yield { ...row };
      }
    }),
  };
}

async function openLeaderboard(database: Database, request: ExportRequest): Promise<Export> {
  const { contest: slug, where, limit, offset, now } = request;
  if (slug === undefined || where.length > 0) {
    throw new ReferralError('usage', 'A leaderboard is exported whole, of one contest', {
      hint: 'Write: referral export leaderboard --contest <slug>',
    });
  }
  await getContest(database.queries, slug);
  return {
    columns: [
      { key: 'position', type: 'integer' },
      ...columnsOf('text', ['customer_id', 'first_name', 'last_name', 'code']),
      ...columnsOf('integer', ['points', 'referrals', 'counted', 'groups']),
      ...columnsOf('text', ['qualified'], ['reached_at']),
    ],
    rows: streamSnapshot(database, async function* (queries) {
      const contest = await getContest(queries, slug);
      const { entries } = await computeLeaderboard(queries, contest, { now });
      const page = entries.slice(offset, limit === undefined ? undefined : offset + limit);
      for await (const row of listStandings(queries, contest.id, page)) yield { ...row };
    }),
  };
}

const CUSTOMER_TYPES: Readonly<Partial<Record<CustomerColumn, SheetType>>> = {
  joined_at: 'time',
  last_active_at: 'time',
  consent_at: 'time',
  total_bookings: 'integer',
  total_spend: 'decimal',
};

const PACKED_KINDS: Readonly<Partial<Record<SheetType, PackedKind>>> = {
  time: 'time',
  integer: 'integer',
  decimal: 'hundredths',
};

// The fields of a `CustomerRow` in their order.
const PACKED_CUSTOMERS: PackedTable = {
  table: 'customers',
  key: 'customer_id',
  fields: [
    ...CUSTOMER_COLUMNS.map((key) => ({ key, kind: PACKED_KINDS[CUSTOMER_TYPES[key] ?? 'text'] ?? 'text' })),
    { key: 'source', kind: 'text' },
    ...['erased_at', 'created_at', 'updated_at'].map((key) => ({ key, kind: 'time' as const })),
    { key: 'attributes', kind: 'attributes' },
  ],
};

function columnsOf(type: SheetType, keys: readonly string[], times: readonly string[] = []): ExportColumn[] {
  return [...keys.map((key) => ({ key, type })), ...times.map((key) => ({ key, type: 'time' as const }))];
}

function attributeColumns(names: readonly string[]): ExportColumn[] {
  return names.map((name) => ({ key: `attributes.${name}`, type: 'text' }));
}
