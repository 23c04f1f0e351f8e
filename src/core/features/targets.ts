import type { Queries } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import type { Instant } from '../time.ts';
import {
  type Cutoff,
  countCutoffs,
  listBookingCutoffs,
  listContestCutoffs,
  listMailCutoffs,
  thinned,
} from './target-queries.ts';

/** What models can predict from our own data. */
export const TARGETS = {
  clicks_next_mail: 'clicks within seven days in the next mail that they get',
  refers_in_contest: 'refers somebody in the next contest that they take part in',
  books_within_90d: 'books again within 90 days',
} as const;
export type TargetName = keyof typeof TARGETS;

export function isTargetName(name: string): name is TargetName {
  return Object.hasOwn(TARGETS, name);
}

const WHEN_EMPTY: Readonly<Record<TargetName, string>> = {
  clicks_next_mail:
    'It takes a campaign that began a week ago or longer, and its events: referral events import FILE',
  refers_in_contest: 'It takes a contest that is over, with participants: referral contests list',
  books_within_90d:
    'It takes bookings of customers from more than 90 days ago: referral conversions import FILE',
};
const MOST_ROWS = 200_000;

const WHEN_NOTHING_NEWER: Readonly<Record<TargetName, string>> = {
  clicks_next_mail:
    'It takes a campaign that began after the model was trained, and a week: referral campaigns list',
  refers_in_contest:
    'It takes a contest that began after the model was trained and is over: referral contests list',
  books_within_90d:
    'It takes 90 days after the model was trained, and their bookings: referral conversions import FILE',
};

export type { Cutoff };

/**
 * The times to look back from, oldest first, with who became what; of very many rows a part. `since` asks only for times at or after it.
 * Throws `state_forbids` when there are none.
 */
export async function listCutoffs(
  queries: Queries,
  target: TargetName,
  now: Instant,
  since?: Instant,
): Promise<readonly Cutoff[]> {
  const all = await listAll(queries, target, now);
  const cutoffs = since === undefined ? all : all.filter(({ at }) => at >= since);
  const total = await countCutoffs(queries, cutoffs);
  if (total === 0) throw since === undefined ? nothingYet(target) : nothingNewer(target, since);
  const every = Math.ceil(total / MOST_ROWS);
  return cutoffs.map(({ at, rows }) => ({ at, rows: thinned(rows, every) }));
}

async function listAll(queries: Queries, target: TargetName, now: Instant): Promise<readonly Cutoff[]> {
  if (target === 'clicks_next_mail') return listMailCutoffs(queries, now);
  return target === 'refers_in_contest' ? listContestCutoffs(queries, now) : listBookingCutoffs(queries, now);
}

function nothingYet(target: TargetName): ReferralError {
  return new ReferralError('state_forbids', `There is nothing yet to learn "${target}" from`, {
    reason: TARGETS[target],
    hint: `${WHEN_EMPTY[target]}; or learn from a file: referral segments train --from FILE --target COLUMN`,
  });
}

function nothingNewer(target: TargetName, since: Instant): ReferralError {
  return new ReferralError('state_forbids', `Nothing newer than the model is known about "${target}" yet`, {
    reason: `it was trained at ${since}`,
    hint: `${WHEN_NOTHING_NEWER[target]}; or measure it on a file: referral segments evaluate --from FILE`,
  });
}
