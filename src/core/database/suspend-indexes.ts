import { sql } from 'kysely';
import type { Queries } from './database.ts';
import { engineOf } from './engine-of.ts';
import { suspendIndex } from './suspend-index.ts';

const CONSTRAINTS = { all: ['u', 'f'], unique: ['u'], others: ['f'] } as const;

type Restore = () => Promise<void>;

/** `others` leaves unique constraints, by which a load looks rows up or is refused; `unique` takes those alone. */
type Suspended = 'all' | 'unique' | 'others';

/**
 * For a large load into an empty table: takes its indexes away and gives what builds them again, both in the transaction of `queries`. An index
 * over many rows costs less built at once, and a unique one is checked then. On PostgreSQL its foreign keys go with them, which would
 * otherwise be asked one by one for each row, and its unique constraints; they are checked when they come back. SQLite has those in the table itself. Whoever
 * reads the table or one that it points at waits meanwhile, so where that can't be had at once everything stays.
 */
export async function suspendIndexes(
  queries: Queries,
  table: string,
  which: Suspended = 'all',
): Promise<Restore> {
  if (engineOf(queries) === 'postgres') return suspendOnPostgres(queries, table, which);
  if (which === 'unique') return async () => {};
  const { rows } = await sql<{ name: string }>`select name from sqlite_master
    where type = 'index' and tbl_name = ${table} and sql is not null order by name`.execute(queries);
  const restores: Restore[] = [];
  for (const { name } of rows) restores.push(await suspendIndex(queries, name));
  return async () => {
    for (const restore of restores) await restore();
  };
}

async function suspendOnPostgres(queries: Queries, table: string, which: Suspended): Promise<Restore> {
  const constraints = await listConstraints(queries, table, CONSTRAINTS[which]);
  const indexes = which === 'unique' ? [] : await listPlainIndexes(queries, table);
  await sql`savepoint suspended`.execute(queries);
  try {
    await sql`set local lock_timeout = '1s'`.execute(queries);
    for (const { name } of constraints) {
      await sql`alter table ${sql.ref(table)} drop constraint ${sql.ref(name)}`.execute(queries);
    }
    for (const { name } of indexes) await sql`drop index ${sql.ref(name)}`.execute(queries);
    await sql`set local lock_timeout to default`.execute(queries);
    await sql`release savepoint suspended`.execute(queries);
  } catch {
    // Somebody else uses the tables, or owns them: the load goes on as it can.
    await sql`rollback to savepoint suspended`.execute(queries);
    return async () => {};
  }
  return async () => {
    for (const { definition } of indexes) await sql.raw(definition).execute(queries);
    for (const { name, definition } of constraints) {
      await sql`alter table ${sql.ref(table)} add constraint ${sql.ref(name)} ${sql.raw(definition)}`.execute(
        queries,
      );
    }
  };
}

interface Named {
  readonly name: string;
  readonly definition: string;
}

/** Unique constraints first: a foreign key may lean on one. Those that a foreign key of another table leans on stay. */
async function listConstraints(
  queries: Queries,
  table: string,
  kinds: readonly ('u' | 'f')[],
): Promise<readonly Named[]> {
  const { rows } =
    await sql<Named>`select k.conname as name, pg_get_constraintdef(k.oid) as definition from pg_constraint k
    where k.conrelid = ${table}::regclass and k.contype in (${sql.join(kinds)})
      and not exists (select 1 from pg_constraint f where f.contype = 'f' and f.confrelid = k.conrelid and f.conindid = k.conindid
        and k.contype = 'u')
    order by k.contype desc, k.conname`.execute(queries);
  return rows;
}

/** Those that no constraint of the table brought with it. */
async function listPlainIndexes(queries: Queries, table: string): Promise<readonly Named[]> {
  const { rows } = await sql<Named>`select c.relname as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i join pg_class c on c.oid = i.indexrelid
    where i.indrelid = ${table}::regclass and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid
      and k.contype in ('p', 'u', 'x')) order by c.relname`.execute(queries);
  return rows;
}
