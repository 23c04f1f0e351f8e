import { sql } from 'kysely';
import type { Queries } from './database.ts';
import { textsIn } from './list-parameter.ts';

interface Definition {
  readonly drop: string;
  readonly create: string;
}

/**
 * PostgreSQL only: takes away, in the transaction of `queries`, what makes loading many rows slow, and gives what puts it back as it was, which checks
 * all rows at once: the secondary indexes, unique and foreign keys of these tables of the current schema. Primary keys stay.
 */
export async function suspendConstraints(
  queries: Queries,
  tables: readonly string[],
): Promise<() => Promise<void>> {
  const names = textsIn(queries, tables);
  const { rows } = await sql<Definition>`
    select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop,
      format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(con.oid)) as create
    from pg_constraint con join pg_class c on c.oid = con.conrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = current_schema() and contype in ('f', 'u') and c.relname in ${names}
    order by contype, c.relname, conname`.execute(queries);
  const indexes = await sql<Definition>`
    select format('drop index %s', i.oid::regclass) as drop, pg_get_indexdef(i.oid) as create
    from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
      join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = current_schema() and c.relname in ${names} and not exists (select 1 from pg_constraint con where con.conindid = i.oid)
    order by i.relname`.execute(queries);
  const drops = [...rows, ...indexes.rows].map(({ drop }) => drop);
  if (drops.length > 0) await sql.raw(drops.join('; ')).execute(queries);
  return async () => {
    // Foreign keys come last: they are checked by the indexes of the others.
    for (const { create } of [...indexes.rows, ...rows.toReversed()]) await sql.raw(create).execute(queries);
  };
}
