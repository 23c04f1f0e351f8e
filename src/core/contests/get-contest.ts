import type { Selectable } from 'kysely';
import type { Queries } from '../database/database.ts';
import type { ContestsTable } from '../database/tables.ts';
import { didYouMean } from '../did-you-mean.ts';
import { ReferralError } from '../errors.ts';
import { findContestRow, listSlugs } from './contests-queries.ts';
import { parseStoredRules, type Rules } from './rules.ts';

/** A contest with its rules parsed: times in UTC, the window half-open `[starts_at, ends_at)`. */
export type Contest = Omit<Selectable<ContestsTable>, 'rules'> & { readonly rules: Rules };

/** The contest of that slug. Throws `not_found`, naming the nearest slug. */
export async function getContest(queries: Queries, slug: string): Promise<Contest> {
  const row = await findContestRow(queries, slug);
  if (row === undefined) {
    throw new ReferralError('not_found', `There is no contest "${slug}"`, {
      hint: didYouMean(slug, await listSlugs(queries), 'List them: referral contests list'),
      details: { contest: slug },
    });
  }
  return { ...row, rules: parseStoredRules(row.rules) };
}
