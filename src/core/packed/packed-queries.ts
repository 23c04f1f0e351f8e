import { type RawBuilder, sql } from 'kysely';
import { streamCopyOut } from '../database/copy-out.ts';
import type { Queries } from '../database/database.ts';
import type { PackedSelection, PackedTable } from './packed-rows.ts';
import { CELL_END, NULL_CELL, ROW_END } from './split-sqlite-page.ts';

export interface PackedPage extends PackedSelection {
  /** The key of the last row of the page before. */
  readonly after: string | number | undefined;
}

export interface SqlitePage {
  readonly rows: number;
  /** The key of the last row; null when there is none. */
  readonly last: string | number | null;
  /** The cells with the bytes of `splitSqlitePage` between them. */
  readonly packed: Buffer | null;
}

/** SQLite only: a page of rows after a key, joined into one value. */
export async function getSqlitePage(
  queries: Queries,
  { table, fields, key }: PackedTable,
  { condition, limit, offset, after, nulls }: PackedPage,
): Promise<SqlitePage> {
  const cells = fields.map((field) => {
    const end = byte(field === fields.at(-1) ? ROW_END : CELL_END);
    // `concat` takes null for an empty text.
    return nulls
      ? sql`ifnull(${sql.ref(field.key)}, ${byte(NULL_CELL)}), ${end}`
      : sql`${sql.ref(field.key)}, ${end}`;
  });
  const isAfter = after === undefined ? sql`1 = 1` : sql`${sql.ref(key)} > ${after}`;
  const { rows } = await sql<SqlitePage>`
    select count(*) as rows, max(key) as last, cast(group_concat(line, '') as blob) as packed
    from (select ${sql.ref(key)} as key, concat(${sql.join(cells)}) as line
      from ${sql.table(table)} where ${isAfter} and ${condition}
      order by ${sql.ref(key)} limit ${limit ?? -1} offset ${offset})`.execute(queries);
  return rows[0] ?? { rows: 0, last: null, packed: null };
}

/** SQLite only: the same rows one by one, for values that can't be joined. */
export async function listSqliteRows(
  queries: Queries,
  { table, fields, key }: PackedTable,
  { condition, limit, offset, after }: PackedPage,
): Promise<readonly Readonly<Record<string, string | number | null>>[]> {
  const isAfter = after === undefined ? sql`1 = 1` : sql`${sql.ref(key)} > ${after}`;
  const { rows } = await sql<Readonly<Record<string, string | number | null>>>`
    select ${sql.join(fields.map((field) => sql.ref(field.key)))} from ${sql.table(table)}
    where ${isAfter} and ${condition} order by ${sql.ref(key)} limit ${limit ?? -1} offset ${offset}`.execute(
    queries,
  );
  return rows;
}

/** A selection as PostgreSQL compiles it: what stands after `COPY`, and its parameters, which `COPY` itself does not take. */
export interface CopyPlan {
  readonly select: string;
  readonly parameters: readonly (string | number | boolean)[];
}

/** PostgreSQL only: the rows as `COPY` is to send them. Undefined for parameters without a text, such as null. */
export function findCopyPlan(
  queries: Queries,
  { table, fields, key }: PackedTable,
  { condition, limit, offset }: PackedSelection,
): CopyPlan | undefined {
  const columns = fields.map((field) => sql.ref(field.key));
  const select: RawBuilder<unknown> = sql`select ${sql.join(columns)} from ${sql.table(table)} where ${condition}
    order by ${sql.ref(key)} limit ${limit === undefined ? sql`all` : sql.lit(limit)} offset ${sql.lit(offset)}`;
  const { sql: text, parameters } = select.compile(queries);
  return parameters.every(hasText) ? { select: text, parameters } : undefined;
}

function hasText(parameter: unknown): parameter is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof parameter);
}

/*
 * The parameters become settings of the transaction, which `COPY` can read, each of the type that the server itself gives it: as
 * nothing of them is ever part of the statement, there is nothing to escape.
 */
async function bindSettings(queries: Queries, { select, parameters }: CopyPlan): Promise<string> {
  if (parameters.length === 0) return select;
  await sql.raw(`prepare referral_copy as ${select}`).execute(queries);
  const prepared = await sql<{ types: string[] }>`
    select parameter_types::text[] as types from pg_prepared_statements where name = 'referral_copy'`.execute(
    queries,
  );
  await sql`deallocate referral_copy`.execute(queries);
  const types = prepared.rows[0]?.types ?? [];
  for (const [index, parameter] of parameters.entries()) {
    await sql`select set_config(${`referral.value_${index + 1}`}, ${String(parameter)}, true)`.execute(
      queries,
    );
  }
  // A dollar within quotes is none of a parameter. A subselect is computed once, not for each row.
  return select.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\d+)/g, (found, number?: string) => {
    if (number === undefined) return found;
    const type = types[Number(number) - 1] ?? 'text';
    return `(select current_setting('referral.value_${number}')::${type})::${type}`;
  });
}

/** The chunks of `COPY … TO STDOUT (FORMAT binary)`; as `streamCopyOut`. */
export async function* streamCopy(queries: Queries, others: Queries, plan: CopyPlan): AsyncGenerator<Buffer> {
  yield* streamCopyOut(queries, others, await bindSettings(queries, plan));
}

// As a literal: a bound byte would arrive as text.
function byte(value: number): RawBuilder<unknown> {
  return sql.raw(`x'${value.toString(16)}'`);
}
