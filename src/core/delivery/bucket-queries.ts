import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';

export interface BucketRow {
  readonly rate: number;
  readonly next_free_at: number;
}

/** A bucket, locked until the transaction ends. */
export async function findBucket(queries: Queries, name: string): Promise<BucketRow | undefined> {
  return queries
    .selectFrom('rate_buckets')
    .select(['rate', 'next_free_at'])
    .where('name', '=', name)
    .$if(engineOf(queries) === 'postgres', (query) => query.forUpdate())
    .executeTakeFirst();
}

export async function saveBucketTime(queries: Queries, name: string, nextFreeAt: number): Promise<void> {
  await queries
    .updateTable('rate_buckets')
    .set({ next_free_at: nextFreeAt })
    .where('name', '=', name)
    .execute();
}

/** Sets the rate for everyone who sends from this bucket; the time of its next token stays. */
export async function saveBucketRate(
  queries: Queries,
  name: string,
  rate: number,
  now: number,
): Promise<void> {
  await queries
    .insertInto('rate_buckets')
    .values({ name, rate, next_free_at: now })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ rate }))
    .execute();
}

export async function deleteBucket(queries: Queries, name: string): Promise<void> {
  await queries.deleteFrom('rate_buckets').where('name', '=', name).execute();
}
