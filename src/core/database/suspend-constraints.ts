import { sql } from 'kysely';
import type { Queries } from './database.ts';
import { textsIn } from './list-parameter.ts';

interface Definition {
  readonly drop: string;
  readonly create: string;
}

/** What `suspendConstraints` has taken away, each to be put back in a transaction, in this order. Each checks all rows at once. */
export interface SuspendedConstraints {
  /** Primary keys, without which nothing finds a row. */
  resumeKeys(queries: Queries): Promise<void>;
  /** All other indexes, and foreign keys. Others can read the tables meanwhile. */
  resumeIndexes(queries: Queries): Promise<void>;
  /** Unique constraints, whose indexes are there by now. Nobody else may read the tables; it takes no time. */
  resumeConstraints(queries: Queries): Promise<void>;
}

/**
 * PostgreSQL only: takes away, in the transaction of `queries`, what makes loading many rows slow: primary, unique and foreign keys and indexes of these
 * tables of the current schema, and the foreign keys of others that point at them. They come back as they were.
 */
export async function suspendConstraints(
  queries: Queries,
  tables: readonly string[],
): Promise<SuspendedConstraints> {
  const names = textsIn(queries, tables);
  const foreign = await sql<Definition>`
    select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop,
      format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(con.oid)) as create
    from pg_constraint con join pg_class c on c.oid = con.conrelid join pg_class target on target.oid = con.confrelid
    where con.connamespace = current_schema()::regnamespace and contype = 'f' and (c.relname in ${names} or target.relname in ${names})
    order by c.relname, conname`.execute(queries);
  const keys = await sql<Definition & { isPrimary: number; index: string }>`
    select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop,
      format('alter table %s add constraint %I %s using index %I', conrelid::regclass, conname,
        case contype when 'p' then 'primary key' else 'unique' end, conname) as create,
      case contype when 'p' then 1 else 0 end as "isPrimary", pg_get_indexdef(conindid) as index
    from pg_constraint con join pg_class c on c.oid = con.conrelid
    where con.connamespace = current_schema()::regnamespace and contype in ('p', 'u') and not condeferrable and c.relname in ${names}
    order by c.relname, conname`.execute(queries);
  const indexes = await sql<Definition>`
    select format('drop index %s', i.oid::regclass) as drop, pg_get_indexdef(i.oid) as create
    from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
    where c.relnamespace = current_schema()::regnamespace and c.relname in ${names}
      and not exists (select 1 from pg_constraint con where con.conindid = i.oid and con.contype in ('p', 'u', 'x'))
    order by i.relname`.execute(queries);
  const drops = [...foreign.rows, ...keys.rows, ...indexes.rows].map(({ drop }) => drop);
  if (drops.length > 0) await sql.raw(drops.join('; ')).execute(queries);
  const primary = keys.rows.filter(({ isPrimary }) => isPrimary === 1);
  const unique = keys.rows.filter(({ isPrimary }) => isPrimary === 0);
  return {
    resumeKeys: (transaction) =>
      runAll(
        transaction,
        primary.flatMap(({ index, create }) => [index, create]),
      ),
    resumeIndexes: (transaction) =>
      runAll(transaction, [
        ...indexes.rows.map(({ create }) => create),
        ...unique.map(({ index }) => index),
        // They are checked by the indexes of the others.
        ...foreign.rows.map(({ create }) => create),
      ]),
    resumeConstraints: (transaction) =>
      runAll(
        transaction,
        unique.map(({ create }) => create),
      ),
  };
}

async function runAll(queries: Queries, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(queries);
}
