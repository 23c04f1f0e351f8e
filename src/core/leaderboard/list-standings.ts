import type { Queries } from '../database/database.ts';
import { findNamesAndCodes } from './leaderboard-queries.ts';
import type { Entry } from './rank-participants.ts';

/** An entry as people read it, with a name and the code that is shared. */
export interface Standing {
  readonly position: number;
  readonly customer_id: string;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly code: string | null;
  readonly points: number;
  readonly referrals: number;
  readonly counted: number;
  readonly groups: number;
  readonly qualified: boolean;
  readonly reached_at: string;
}

const CHUNK = 1_000;

/** Adds names and codes to entries of a contest's leaderboard, a page of them at a time. */
export async function* listStandings(
  queries: Queries,
  contestId: number,
  entries: readonly Entry[],
): AsyncIterable<Standing> {
  for (let start = 0; start < entries.length; start += CHUNK) {
    const page = entries.slice(start, start + CHUNK);
    const people = await findNamesAndCodes(
      queries,
      contestId,
      page.map((entry) => entry.customer_ref),
    );
    for (const entry of page) {
      const person = people.get(entry.customer_ref);
      yield {
        position: entry.position,
        customer_id: entry.customer_id,
        first_name: person?.first_name ?? null,
        last_name: person?.last_name ?? null,
        code: person?.code ?? null,
        points: entry.points,
        referrals: entry.referrals,
        counted: entry.counted,
        groups: entry.groups,
        qualified: entry.qualified,
        reached_at: entry.reached_at,
      };
    }
  }
}
