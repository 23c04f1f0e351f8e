import type { Queries } from '../database/database.ts';
import { countContest } from './contests-queries.ts';
import { getContest } from './get-contest.ts';

/** A contest as `contests show` prints it: its facts and what it has come to. Throws `not_found`. */
export async function summariseContest(queries: Queries, slug: string) {
  const { id, slug: contest, rules: _rules, seed, name, status, ...facts } = await getContest(queries, slug);
  return {
    ...{ contest, name, status, ...facts },
    // The seed stays secret until the winners are drawn.
    seed: status === 'finalized' ? seed : null,
    ...(await countContest(queries, id)),
  };
}
