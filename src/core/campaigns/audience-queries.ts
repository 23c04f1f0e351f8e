import { type Expression, type RawBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { type JoinedKind, prepareJoinedQuery } from '../database/prepare-joined-query.ts';
import { prepareQuery } from '../database/prepare-query.ts';
import type { Consent, Tables } from '../database/tables.ts';
import { kindOfColumn, nameOfColumn, type RecipientColumn } from '../templates/recipient-columns.ts';
import type { Recipient } from '../templates/recipient-values.ts';
import type { Instant } from '../time.ts';

/** What a plan has to know of a person of the audience. */
export interface AudienceMember extends Omit<Recipient, 'customer_id' | 'email'> {
  readonly id: number;
  readonly customer_id: string;
  readonly email: string | null;
  readonly address_key: string | null;
  readonly consent: Consent;
  readonly erased_at: Instant | null;
  /** 0 or 1. */
  readonly is_participant: number;
}

export interface AudiencePages {
  /** Over `customers`. */
  readonly condition: Expression<SqlBool>;
  readonly contestId: number;
  /** What the values of the mails are made of, beside what decides about the person. */
  readonly columns: readonly RecipientColumn[];
  readonly limit: number;
}

const BASE: ReadonlySet<RecipientColumn> = new Set(['customers.customer_id', 'customers.email']);

/** Reads the audience of a campaign page by page, in the order of `customer_id`: asked for the page after such an id, or after an empty text. */
export function openAudiencePages(
  queries: Queries,
  pages: AudiencePages,
): (after: string) => Promise<readonly AudienceMember[]> {
  const select = (after: RawBuilder<string>) => selectPage(queries, pages, after);
  if (engineOf(queries) === 'sqlite') return prepareQuery(queries, select);
  return prepareJoinedQuery(queries, { kinds: kindsOf(pages.columns), key: 'customer_id' }, select);
}

const OWN_KINDS: readonly (readonly [keyof AudienceMember, JoinedKind])[] = [
  ['id', 'integer'],
  ['customer_id', 'text'],
  ['email', 'text'],
  ['address_key', 'text'],
  ['consent', 'text'],
  ['erased_at', 'time'],
  ['is_participant', 'integer'],
];

function kindsOf(columns: readonly RecipientColumn[]): ReadonlyMap<string, JoinedKind> {
  return new Map([
    ...columns.map((column) => [nameOfColumn(column), kindOfColumn(column)] as const),
    ...OWN_KINDS,
  ]);
}

function selectPage(
  queries: Queries,
  { condition, contestId, columns, limit }: AudiencePages,
  after: RawBuilder<string>,
): SelectQueryBuilder<Tables, never, AudienceMember> {
  const customers = queries.selectFrom('customers');
  const joined =
    engineOf(queries) === 'postgres'
      ? // With a limit they are looked up by an index: without statistics the planner reads all of the contest for each page.
        customers
          .leftJoinLateral(
            (from) =>
              from
                .selectFrom('participants')
                .whereRef('participants.customer_ref', '=', 'customers.id')
                .where('participants.contest_id', '=', contestId)
                .select('participants.id')
                .limit(1)
                .as('p'),
            (join) => join.onTrue(),
          )
          .leftJoinLateral(
            (from) =>
              from
                .selectFrom('codes')
                .whereRef('codes.customer_ref', '=', 'customers.id')
                .where('codes.contest_id', '=', contestId)
                .where('codes.status', '=', 'active')
                .select(['codes.code', 'codes.expires_at'])
                .limit(1)
                .as('codes'),
            (join) => join.onTrue(),
          )
      : customers
          .leftJoin('participants as p', (join) =>
            join.onRef('p.customer_ref', '=', 'customers.id').on('p.contest_id', '=', contestId),
          )
          .leftJoin('codes', (join) =>
            join
              .onRef('codes.customer_ref', '=', 'customers.id')
              .on('codes.contest_id', '=', contestId)
              .on('codes.status', '=', 'active'),
          );
  return joined
    .select(['customers.id', 'customers.customer_id', 'customers.email'])
    .select(['customers.address_key', 'customers.consent', 'customers.erased_at'])
    .select(columns.filter((column) => !BASE.has(column)))
    .select(sql<number>`case when p.id is null then 0 else 1 end`.as('is_participant'))
    .where('customers.customer_id', '>', after)
    .where(condition)
    .orderBy('customers.customer_id')
    .limit(limit);
}

/** How many people an audience has. */
export async function countAudience(queries: Queries, condition: Expression<SqlBool>): Promise<number> {
  const row = await queries
    .selectFrom('customers')
    .select((of) => of.fn.countAll<number>().as('people'))
    .where(condition)
    .executeTakeFirstOrThrow();
  return Number(row.people);
}

/** Address keys that more than one customer has. */
export async function listSharedAddressKeys(queries: Queries): Promise<ReadonlySet<string>> {
  const rows = await queries
    .selectFrom('customers')
    .select('address_key')
    .where('address_key', 'is not', null)
    .groupBy('address_key')
    .having(({ fn }) => fn.countAll(), '>', 1)
    .execute();
  return new Set(rows.flatMap((row) => (row.address_key === null ? [] : [row.address_key])));
}
