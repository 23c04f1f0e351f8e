import type { Clock } from '../clock.ts';
import { getContest } from '../contests/get-contest.ts';
import type { Queries } from '../database/database.ts';
import { compileWhere } from '../selection/compile-where.ts';
import { type CodeRow, codeFields, streamCodes } from './codes-queries.ts';

export interface ListCodesOptions {
  readonly contest?: string | undefined;
  readonly where: readonly string[];
  readonly limit?: number | undefined;
  readonly offset: number;
  /** The zone of times in conditions that have none. */
  readonly timezone: string;
}

/** Codes, by customer. Throws `usage` for a condition, `not_found` for a contest. */
export async function listCodes(
  queries: Queries,
  clock: Clock,
  { contest: slug, where, limit, offset, timezone }: ListCodesOptions,
): Promise<{ readonly rows: AsyncIterable<CodeRow> }> {
  const now = clock.now();
  const condition = await compileWhere(queries, where, codeFields, { now, timezone });
  const contest = slug === undefined ? undefined : await getContest(queries, slug);
  return { rows: streamCodes(queries, now, condition, contest?.id, limit, offset) };
}
