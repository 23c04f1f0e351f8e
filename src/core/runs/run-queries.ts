import {
  type Expression,
  type Insertable,
  type Selectable,
  type SqlBool,
  sql,
  type Updateable,
} from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import type { RunsTable } from '../database/tables.ts';
import type { Instant } from '../time.ts';

export async function insertRun(queries: Queries, row: Insertable<RunsTable>): Promise<number> {
  const { id } = await queries.insertInto('runs').values(row).returning('id').executeTakeFirstOrThrow();
  return id;
}

export async function updateRun(queries: Queries, id: number, change: Updateable<RunsTable>): Promise<void> {
  await queries.updateTable('runs').set(change).where('id', '=', id).execute();
}

export async function findRun(queries: Queries, id: number): Promise<Selectable<RunsTable> | undefined> {
  return queries.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function selectRuns(
  queries: Queries,
  condition: Expression<SqlBool>,
  { limit = Number.MAX_SAFE_INTEGER, offset }: { limit?: number | undefined; offset: number },
): Promise<Selectable<RunsTable>[]> {
  return queries
    .selectFrom('runs')
    .selectAll()
    .where(condition)
    .orderBy('id', 'desc')
    .limit(limit)
    .offset(offset)
    .execute();
}

/** Deletes runs that ended before `before` and that no row of any table points at; how many. */
export async function deleteUnreferencedRuns(queries: Queries, before: Instant): Promise<number> {
  const pointers = await listPointersAtRuns(queries);
  const isFree = pointers.map(
    ({ table, column }) =>
      sql<SqlBool>`not exists (select 1 from ${sql.table(table)} as child where ${sql.ref(`child.${column}`)} = runs.id)`,
  );
  const { numAffectedRows } = await sql`
    delete from runs
    where finished_at < ${before} and status <> 'running'
      and id not in (select max(id) from runs group by command, status)
      and ${sql.join(isFree, sql` and `)}
  `.execute(queries);
  return Number(numAffectedRows ?? 0);
}

interface Pointer {
  readonly table: string;
  readonly column: string;
}

/** Asked of the database itself, so that a table of a later migration is not forgotten. */
async function listPointersAtRuns(queries: Queries): Promise<readonly Pointer[]> {
  const { rows } = await (engineOf(queries) === 'sqlite'
    ? sql<Pointer>`
        select m.name as "table", f."from" as "column"
        from sqlite_schema m join pragma_foreign_key_list(m.name) f
        where m.type = 'table' and f."table" = 'runs'`
    : sql<Pointer>`
        select c.relname as "table", a.attname as "column"
        from pg_constraint k
          join pg_class c on c.oid = k.conrelid
          join pg_class p on p.oid = k.confrelid
          join pg_namespace n on n.oid = p.relnamespace
          join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
        where k.contype = 'f' and p.relname = 'runs' and n.nspname = current_schema()`
  ).execute(queries);
  return rows;
}
