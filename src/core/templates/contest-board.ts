import type { Contest } from '../contests/get-contest.ts';
import type { Queries } from '../database/database.ts';
import { computeLeaderboard } from '../leaderboard/compute-leaderboard.ts';
import type { Entry } from '../leaderboard/rank-participants.ts';
import { personName } from '../reports/person-name.ts';
import { formatMoney, knownLocale } from './filters.ts';
import { countParticipants, listDrawingWinners, listNames } from './recipient-queries.ts';
import type { Values } from './values.ts';
import { BOARD_PLACES } from './variables.ts';

/** The standing of a contest, computed once for a whole campaign. */
export interface ContestBoard {
  readonly entries: ReadonlyMap<number, Entry>;
  readonly participants: number;
  /** What everyone sees of it. */
  readonly values: Values;
}

/** Computes the leaderboard, the names at its top and who won in the drawing, written in the way of a locale. */
export async function loadContestBoard(
  queries: Queries,
  contest: Contest,
  locale: string,
): Promise<ContestBoard> {
  const { entries } = await computeLeaderboard(queries, contest, { now: contest.ends_at });
  const top = entries.slice(0, BOARD_PLACES);
  const names = new Map(
    (
      await listNames(
        queries,
        top.map((entry) => entry.customer_ref),
      )
    ).map((person) => [person.id, personName(person.first_name, person.last_name)]),
  );
  const drawn = (await listDrawingWinners(queries, contest.id)).map((person) =>
    personName(person.first_name, person.last_name),
  );
  const values: Record<string, string | number | undefined> = {};
  for (const { position, customer_ref, points } of top) {
    values[`leader_${position}`] = names.get(customer_ref);
    values[`leader_${position}_points`] = points;
    values[`leader_${position}_prize`] = findPrize(contest, position, locale);
  }
  if (drawn.length > 0) values['drawing_winners'] = new Intl.ListFormat(knownLocale(locale)).format(drawn);
  return {
    entries: new Map(entries.map((entry) => [entry.customer_ref, entry])),
    participants: await countParticipants(queries, contest.id),
    values,
  };
}

function findPrize({ rules }: Contest, position: number, locale: string): string | undefined {
  const prize = rules.rewards.prizes.find((entry) => entry.position === position);
  switch (prize?.type) {
    case 'money':
      return formatMoney(prize.amount, prize.currency, locale);
    case 'free_days':
      return `${prize.days} free days`;
    case 'points':
      return `${prize.points} points`;
    default:
      return prize?.name;
  }
}
