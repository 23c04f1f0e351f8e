import { type Selectable, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import type { JobRunsTable, JobStatesTable } from '../database/tables.ts';
import type { Instant } from '../time.ts';

/** The newest run of every job that ever ran. */
export async function listLastJobRuns(queries: Queries): Promise<Selectable<JobRunsTable>[]> {
  return queries
    .selectFrom('job_runs')
    .selectAll()
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('job_runs')
        .select((inner) => inner.fn.max('id').as('id'))
        .groupBy('job'),
    )
    .orderBy('job')
    .execute();
}

export async function findJobRun(
  queries: Queries,
  job: string,
  slot: Instant,
): Promise<Selectable<JobRunsTable> | undefined> {
  return queries
    .selectFrom('job_runs')
    .selectAll()
    .where('job', '=', job)
    .where('slot', '=', slot)
    .executeTakeFirst();
}

/** Begins a job for its slot, for the first time or again. */
export async function saveJobStart(
  queries: Queries,
  row: Pick<
    Selectable<JobRunsTable>,
    'job' | 'slot' | 'attempts' | 'run_id' | 'host' | 'process_id' | 'started_at'
  >,
): Promise<void> {
  const { job, slot, ...start } = row;
  const change = { ...start, status: 'running' as const, finished_at: null, summary: '{}', error: null };
  await queries
    .insertInto('job_runs')
    .values({ job, slot, ...change })
    .onConflict((conflict) => conflict.columns(['job', 'slot']).doUpdateSet(change))
    .execute();
}

export async function saveJobEnd(
  queries: Queries,
  { job, slot }: { readonly job: string; readonly slot: Instant },
  end: Pick<Selectable<JobRunsTable>, 'status' | 'finished_at' | 'summary' | 'error'>,
): Promise<void> {
  await queries
    .updateTable('job_runs')
    .set(end)
    .where('job', '=', job)
    .where('slot', '=', slot)
    .where('status', '=', 'running')
    .execute();
}

export async function listJobStates(queries: Queries): Promise<Selectable<JobStatesTable>[]> {
  return queries.selectFrom('job_states').selectAll().orderBy('job').execute();
}

export async function findJobState(
  queries: Queries,
  job: string,
): Promise<Selectable<JobStatesTable> | undefined> {
  return queries.selectFrom('job_states').selectAll().where('job', '=', job).executeTakeFirst();
}

export async function saveJobState(queries: Queries, row: Selectable<JobStatesTable>): Promise<void> {
  const { job, ...change } = row;
  await queries
    .insertInto('job_states')
    .values({ job, ...change })
    .onConflict((conflict) => conflict.column('job').doUpdateSet(change))
    .execute();
}

/** Removes records of jobs that began before `before`, except the newest one of each; how many. */
export async function deleteJobRuns(queries: Queries, before: Instant): Promise<number> {
  const { numDeletedRows } = await queries
    .deleteFrom('job_runs')
    .where('started_at', '<', before)
    .where('status', '!=', 'running')
    .where('id', 'not in', (eb) =>
      eb
        .selectFrom('job_runs')
        .select((inner) => inner.fn.max('id').as('id'))
        .groupBy('job'),
    )
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

/** Lets no statement of this transaction take longer than this; SQLite has no such limit. */
export async function limitStatements(queries: Queries, milliseconds: number): Promise<void> {
  if (engineOf(queries) !== 'postgres') return;
  await sql`select set_config('statement_timeout', ${String(Math.max(1, Math.ceil(milliseconds)))}, true)`.execute(
    queries,
  );
}
