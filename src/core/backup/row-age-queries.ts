import { sql } from 'kysely';
import { sha256 } from '../canonical-json.ts';
import type { Queries } from '../database/database.ts';
import { textsIn } from '../database/list-parameter.ts';
import type { ArchiveTable } from './archive-tables.ts';
import { KEYS_PER_CHUNK } from './rows/row-text.ts';

/** A moment of a PostgreSQL database, as its transactions count. */
export interface Moment {
  /** Stands for the files of the tables and their columns: another cluster, database, table or column has another one. */
  readonly origin: string;
  /** Every transaction before this one had ended (`xid8`). */
  readonly ended: string;
  /** No transaction from this one on had begun. */
  readonly next: string;
}

/** The rows of a table whose keys belong to one chunk. */
export interface RowGroup {
  readonly group: number;
  readonly rows: number;
  /** How many of them, as they are now, may have been written by transactions that had not ended at the earlier moment. */
  readonly young: number;
}

/** PostgreSQL: the moment that a snapshot shows; undefined where its user may not know which cluster this is. */
export async function findMoment(
  snapshot: Queries,
  tables: readonly ArchiveTable[],
): Promise<Moment | undefined> {
  const allowed = await sql`select 1 where has_function_privilege('pg_control_system()', 'execute')`.execute(
    snapshot,
  );
  if (allowed.rows.length === 0) return undefined;
  const names = textsIn(
    snapshot,
    tables.map(({ name }) => name),
  );
  const { rows } = await sql<{ cluster: string; ended: string; next: string; columns: string }>`
    select (select system_identifier::text from pg_control_system()) as cluster,
      pg_snapshot_xmin(pg_current_snapshot())::text as ended, pg_snapshot_xmax(pg_current_snapshot())::text as next,
      (select string_agg(concat_ws(' ', d.oid, c.oid, c.relkind, pg_relation_filenode(c.oid), a.attnum, a.attname,
          a.atttypid, a.atttypmod, a.attisdropped), e'\n' order by c.oid, a.attnum)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_database d on d.datname = current_database()
          join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
        where n.nspname = current_schema() and c.relname in ${names}) as columns`.execute(snapshot);
  const [row] = rows;
  if (row === undefined) return undefined;
  const { cluster, ended, next, columns } = row;
  return { origin: sha256(`${cluster}\n${columns}`), ended, next };
}

/**
 * PostgreSQL: the rows of a table with a numeric key, by chunk, counted in a snapshot at the moment `now`. The server keeps the lower half of the number
 * of the transaction that wrote a row (`xmin`): it stands for the last transaction before now that ends on these bits, or for one long before.
 * Taken for the last one, a row may be called young that is old, and never the other way round.
 */
export async function countRowGroups(
  snapshot: Queries,
  { name, key }: ArchiveTable,
  earlier: Pick<Moment, 'ended'>,
  now: Moment,
): Promise<RowGroup[]> {
  // It looks at every row, however long that takes.
  await sql`set local statement_timeout = 0`.execute(snapshot);
  const next = sql.lit(BigInt(now.next));
  const since = sql.lit(BigInt(now.next) - BigInt(earlier.ended));
  const { rows } = await sql<RowGroup>`
    select ${sql.ref(key[0] ?? '')} / ${sql.lit(KEYS_PER_CHUNK)} as "group", count(*) as rows,
      count(*) filter (where ((${next} - xmin::text::bigint) & 4294967295) <= ${since}) as young
    from ${sql.table(name)} group by 1 order by 1`.execute(snapshot);
  return rows;
}
