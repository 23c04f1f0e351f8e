import { sql } from 'kysely';
import { copyBinary } from '../database/copy-rows.ts';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import type { Instant } from '../time.ts';
import { findLastCustomerKey } from './customer-queries.ts';
import type { HashedBatch } from './hashed-batch.ts';
import type { ImportBatch } from './import-batch.ts';
import { CONSTANTS, type ImportLayout, type LayoutColumn } from './import-layout.ts';
import type { Constant } from './row-form.ts';
import { unchangedRow } from './unchanged-row-queries.ts';

/** What is there already of the customers in a batch. */
export interface KnownRows {
  /** How many rows are of customers that are there. */
  readonly known: number;
  /** How many of those are of erased customers, which no import changes. */
  readonly erased: number;
  /** Which of the good rows of the batch, from 0, would change their customer. */
  readonly open: readonly number[];
  /** The first row whose customer is there. */
  readonly first: number | undefined;
  /** The keys of the customers that are there, if they were asked for. */
  readonly ids: readonly number[];
}

/** What is there already of the rows in a batch of hashes. */
export interface AlteredRows {
  /** Where in the batch rows are, from 0 and ascending, that are not those which their customers were last taken from. */
  readonly altered: readonly number[];
  /** The keys of the customers of the others, if they were asked for. */
  readonly ids: readonly number[];
}

/** The statements that an import runs for a batch as a whole. */
export interface BatchStatements {
  /** Which rows have to be looked at; `withIds` gives the keys of the others' customers as well. */
  findAltered(batch: HashedBatch, withIds: boolean): Promise<AlteredRows>;
  /** Adds all rows, each of a customer who is not there. */
  addNew(batch: ImportBatch): Promise<void>;
  /** Adds all rows, or as many as are new; says how many, or `repeated` when that can't be done at once and nothing was added. */
  add(batch: ImportBatch): Promise<number | 'repeated'>;
  /** What is there of the customers of a batch; `withIds` gives their keys as well. */
  findKnown(batch: ImportBatch, withIds: boolean): Promise<KnownRows>;
  /** Adds the rows that are new of the batch last looked through. */
  addRest(batch: ImportBatch): Promise<void>;
}

const CONSTANT_COLUMNS = Object.keys(CONSTANTS) as readonly (keyof typeof CONSTANTS)[];

/** What every row that an import adds has behind the columns of its layout, in the order of `CONSTANTS`. */
export function constantsOf(now: Instant): readonly Constant[] {
  const values = { source: 'import', created_at: now, updated_at: now };
  return CONSTANT_COLUMNS.map((column) => ({ type: CONSTANTS[column], value: values[column] }));
}

/** Is there any customer yet? */
export async function hasCustomers(queries: Queries): Promise<boolean> {
  return (await queries.selectFrom('customers').select('id').limit(1).execute()).length > 0;
}

/** The statements of the engine. */
export function createStatements(
  transaction: Queries,
  layout: ImportLayout,
  constants: readonly Constant[],
): BatchStatements {
  return engineOf(transaction) === 'postgres'
    ? createPostgresStatements(transaction, layout)
    : createSqliteStatements(transaction, layout, constants);
}

/** For SQLite: a batch is one parameter, which SQLite takes apart itself. */
function createSqliteStatements(
  transaction: Queries,
  layout: ImportLayout,
  constants: readonly Constant[],
): BatchStatements {
  const names = layout.columns.map((column) => sql.ref(column));
  const cells = layout.columns.map((_, index) => sql`json_extract(entry.value, ${sql.lit(`$[${index}]`)})`);
  const cellOf = (column: LayoutColumn) => cells[layout.columns.indexOf(column)];

  let last = 0;
  let lastFor: ImportBatch | undefined;

  // What was there before this batch: customers with a higher key are its own.
  async function noteLast(batch: ImportBatch): Promise<void> {
    if (lastFor === batch) return;
    last = await findLastCustomerKey(transaction);
    lastFor = batch;
  }

  async function add(batch: ImportBatch): Promise<number> {
    await noteLast(batch);
    const { payload } = batch;
    const result = await sql`insert into customers
      (${sql.join([...names, ...CONSTANT_COLUMNS.map((name) => sql.ref(name))])})
      select ${sql.join([...cells, ...constants.map(({ value }) => sql`${value}`)])}
      from jsonb_each(${payload}) as entry where true on conflict (customer_id) do nothing`.execute(
      transaction,
    );
    return Number(result.numAffectedRows ?? 0n);
  }

  async function findKnown(batch: ImportBatch, withIds: boolean): Promise<KnownRows> {
    await noteLast(batch);
    const { payload } = batch;
    const unchanged = unchangedRow(layout, cellOf, {
      same: (a, b) => sql`${a} is ${b}`,
      attribute: (json, name) => sql`${json} ->> ${sql.lit(`$."${name}"`)}`,
    });
    // Counted there: most rows of a file change nothing, and need not travel.
    const { rows } = await sql<FoundRow>`with found as materialized (
      select entry.key as at, known.id, known.erased_at is not null as is_erased, ${unchanged} as is_unchanged
      from jsonb_each(${payload}) as entry cross join customers as known
      where known.customer_id = json_extract(entry.value, '$[0]') and known.id <= ${last})
      select count(*) as known, coalesce(sum(is_erased), 0) as erased, min(at) as first,
        json_group_array(at) filter (where not is_erased and is_unchanged is not true) as open,
        ${withIds ? sql`json_group_array(id)` : sql`'[]'`} as ids
      from found`.execute(transaction);
    return toKnownRows(rows);
  }

  async function findAltered({ payload }: HashedBatch, withIds: boolean): Promise<AlteredRows> {
    const hash = sql`json_extract(entry.value, '$[1]')`;
    const { rows } = await sql<HashRow>`with found as materialized (
      select entry.key as at, known.id, known.row_hash is not ${hash} or ${hash} is null as is_altered
      from jsonb_each(${payload}) as entry
      left join customers as known on known.customer_id = json_extract(entry.value, '$[0]'))
      select json_group_array(at) filter (where is_altered) as altered,
        ${withIds ? sql`json_group_array(id) filter (where not is_altered)` : sql`'[]'`} as ids
      from found`.execute(transaction);
    return toAlteredRows(rows);
  }

  return {
    ...{ add, findAltered, findKnown },
    async addNew(batch) {
      await add(batch);
    },
    async addRest(batch) {
      await add(batch);
    },
  };
}

/** For PostgreSQL: batches come by COPY, into the table itself as long as nothing is known, then into a temporary one. */
function createPostgresStatements(transaction: Queries, layout: ImportLayout): BatchStatements {
  const columns = [...layout.columns, ...CONSTANT_COLUMNS];
  const all = sql.join(columns.map((column) => sql.ref(column)));
  const cellOf = (column: LayoutColumn) =>
    layout.columns.includes(column) ? sql`${sql.ref(`entry.${column}`)}` : undefined;
  let hasStage = false;

  async function addNew({ payload }: ImportBatch): Promise<void> {
    await copyBinary(transaction, 'customers', columns, [payload]);
  }

  async function add(batch: ImportBatch): Promise<number | 'repeated'> {
    if (batch.hasRepeats) return 'repeated';
    await sql`savepoint batch`.execute(transaction);
    try {
      await addNew(batch);
      await sql`release savepoint batch`.execute(transaction);
      return batch.count;
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      await sql`rollback to savepoint batch`.execute(transaction);
      return 'repeated';
    }
  }

  async function findKnown({ payload }: ImportBatch, withIds: boolean): Promise<KnownRows> {
    await (hasStage ? emptyStage() : createStage());
    hasStage = true;
    await copyBinary(transaction, 'pg_temp.import_rows', columns, [payload]);
    const unchanged = unchangedRow(layout, cellOf, {
      same: (a, b) => sql`${a} is not distinct from ${b}`,
      attribute: (json, name) => sql`${json} ->> ${sql.lit(name)}`,
    });
    // With a limit the inner query is run row by row, by the index: the planner knows nothing about a table just filled.
    const { rows } = await sql<FoundRow>`with found as (
      select entry.place - 1 as at, known.id, known.erased_at is not null as is_erased, ${unchanged} as is_unchanged
      from pg_temp.import_rows as entry cross join lateral
        (select * from customers where customers.customer_id = entry.customer_id limit 1) as known)
      select count(*) as known, count(*) filter (where is_erased) as erased, min(at) as first,
        coalesce(json_agg(at) filter (where not is_erased and is_unchanged is not true), '[]')::text as open,
        ${withIds ? sql`coalesce(json_agg(id), '[]')::text` : sql`'[]'`} as ids
      from found`.execute(transaction);
    return toKnownRows(rows);
  }

  async function findAltered({ payload }: HashedBatch, withIds: boolean): Promise<AlteredRows> {
    // One parameter costs less than a table in between. An id that is escaped in it is found nowhere, and its row is looked at.
    const lines = Buffer.from(payload.buffer, payload.byteOffset, payload.length - 1);
    const [id, hash] = [1, 2].map((part) => sql`split_part(entry.line, E'\t', ${sql.lit(part)})`);
    const { rows } = await sql<HashRow>`with found as (
      select entry.place - 1 as at, known.id, known.row_hash::text is distinct from ${hash} as is_altered
      from string_to_table(${lines}::text, E'\n') with ordinality as entry (line, place) left join lateral
        (select id, row_hash from customers where customers.customer_id = ${id} limit 1) as known on true)
      select coalesce(json_agg(at order by at) filter (where is_altered), '[]')::text as altered,
        ${withIds ? sql`coalesce(json_agg(id) filter (where not is_altered), '[]')::text` : sql`'[]'`} as ids
      from found`.execute(transaction);
    return toAlteredRows(rows);
  }

  async function createStage(): Promise<void> {
    await sql`create temp table import_rows on commit drop as select ${all} from customers with no data`.execute(
      transaction,
    );
    await sql`alter table pg_temp.import_rows add column place integer generated always as identity (cache 100000)`.execute(
      transaction,
    );
  }

  async function emptyStage(): Promise<void> {
    await sql`truncate pg_temp.import_rows restart identity`.execute(transaction);
  }

  async function addRest(): Promise<void> {
    await sql`insert into customers (${all}) select ${all} from pg_temp.import_rows order by place
      on conflict (customer_id) do nothing`.execute(transaction);
  }

  return { add, addNew, findAltered, findKnown, addRest };
}

interface HashRow {
  /** Arrays of numbers, as JSON. */
  readonly altered: string;
  readonly ids: string;
}

function toAlteredRows([found]: readonly HashRow[]): AlteredRows {
  if (found === undefined) throw new TypeError('a query of totals gave no row');
  return { altered: JSON.parse(found.altered) as number[], ids: JSON.parse(found.ids) as number[] };
}

interface FoundRow extends Pick<KnownRows, 'known' | 'erased'> {
  readonly first: number | null;
  /** Arrays of numbers, as JSON. */
  readonly open: string;
  readonly ids: string;
}

function toKnownRows([found]: readonly FoundRow[]): KnownRows {
  if (found === undefined) throw new TypeError('a query of totals gave no row');
  const { known, erased, first, open, ids } = found;
  return {
    ...{ known, erased, first: first ?? undefined },
    open: JSON.parse(open) as number[],
    ids: JSON.parse(ids) as number[],
  };
}

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23505';
}
