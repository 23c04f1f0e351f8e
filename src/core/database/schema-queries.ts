import { sql } from 'kysely';
import type { Queries } from './database.ts';
import { engineOf } from './engine-of.ts';

export interface SchemaObject {
  /** Kind and name: `table customers`, `index codes_by_contest`. */
  readonly name: string;
  /** Text that changes whenever the object does. */
  readonly definition: string;
}

/** Tables, columns, constraints, indexes, triggers and functions of the schema, by name. */
export async function listSchemaObjects(queries: Queries): Promise<SchemaObject[]> {
  const { rows } = await (engineOf(queries) === 'sqlite' ? sqliteObjects : postgresObjects).execute(queries);
  return rows;
}

const sqliteObjects = sql<SchemaObject>`
  select type || ' ' || name as name, sql as definition
  from sqlite_schema
  where sql is not null and tbl_name <> 'schema_migrations' and name not like 'sqlite\\_%' escape '\\'
  order by 1`;

// Definitions are written with the schema's name in some places; it is taken out, so that a copy in another schema equals.
const postgresObjects = sql<SchemaObject>`
  with ours as (
    select c.oid, c.relname, n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = current_schema() and c.relkind in ('r', 'p') and c.relname <> 'schema_migrations'
  ), objects as (
    select 'table ' || relname || ' column ' || a.attname as name,
      concat_ws(' ', format_type(a.atttypid, a.atttypmod), case when a.attnotnull then 'not null' end,
        nullif(a.attidentity::text, ''), co.collname, pg_get_expr(d.adbin, d.adrelid)) as definition
    from ours join pg_attribute a on a.attrelid = ours.oid and a.attnum > 0 and not a.attisdropped
      left join pg_collation co on co.oid = a.attcollation
      left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    union all
    select 'constraint ' || con.conname || ' of ' || relname,
      pg_get_constraintdef(con.oid) || case when con.convalidated then '' else ' not valid' end
    from ours join pg_constraint con on con.conrelid = ours.oid where con.contype <> 'n'
    union all
    select 'index ' || i.relname, pg_get_indexdef(i.oid) || case when x.indisvalid then '' else ' invalid' end
    from ours join pg_index x on x.indrelid = ours.oid join pg_class i on i.oid = x.indexrelid
    union all
    select 'trigger ' || t.tgname || ' of ' || relname, t.tgenabled::text || ' ' || pg_get_triggerdef(t.oid)
    from ours join pg_trigger t on t.tgrelid = ours.oid where not t.tgisinternal
    union all
    select 'function ' || p.proname, p.prosrc from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = current_schema() and (p.proname like '%\\_is\\_append\\_only' or p.proname = 'report_notes_change')
  )
  select name, replace(definition, quote_ident(current_schema()) || '.', '') as definition from objects order by name`;
