import type { Clock } from '../clock.ts';
import { type Contest, getContest } from '../contests/get-contest.ts';
import type { Queries } from '../database/database.ts';
import type { Instant } from '../time.ts';
import { computeLeaderboard } from './compute-leaderboard.ts';
import { listStandings, type Standing } from './list-standings.ts';
import type { Period } from './period-window.ts';

/** An entry, and how it has moved since the look before. */
export interface WatchedStanding extends Standing {
  /** Positions gained; negative where lost, 0 where it stayed, null for who was not on the board. */
  readonly moved: number | null;
}

/** A leaderboard at one moment. */
export interface BoardFrame {
  readonly at: Instant;
  readonly contest: string;
  readonly participants: number;
  /** Of the whole board, as `leaderboard` prints it. */
  readonly digest: string;
  readonly entries: readonly WatchedStanding[];
}

export interface WatchBoardOptions {
  readonly queries: Queries;
  readonly clock: Clock;
  readonly period: Period;
  readonly limit: number;
  readonly offset: number;
  readonly intervalMs: number;
  readonly signal: AbortSignal;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

// Looking may take a tenth of the time, so that imports have the database for themselves.
const PAUSE_PER_LOOK = 9;
const OVER: ReadonlySet<Contest['status']> = new Set(['finalized', 'cancelled']);

/** Looks at a leaderboard again and again, until the contest is over for good or the signal comes. Reads only. Throws `not_found`. */
export async function* watchLeaderboard(
  slug: string,
  options: WatchBoardOptions,
): AsyncGenerator<BoardFrame> {
  const { queries, clock, period, limit, offset, intervalMs, signal, sleep } = options;
  let before: ReadonlyMap<string, number> | undefined;
  for (;;) {
    const begun = clock.milliseconds();
    const contest = await getContest(queries, slug);
    const now = clock.now();
    const board = await computeLeaderboard(queries, contest, { period, now });
    const entries: WatchedStanding[] = [];
    for await (const standing of listStandings(
      queries,
      contest.id,
      board.entries.slice(offset, offset + limit),
    )) {
      entries.push({ ...standing, moved: movement(standing, before) });
    }
    yield { at: now, contest: slug, participants: board.entries.length, digest: board.digest, entries };
    if (OVER.has(contest.status) || signal.aborted) return;
    before = new Map(board.entries.map(({ customer_id, position }) => [customer_id, position]));
    await sleep(Math.max(intervalMs, PAUSE_PER_LOOK * (clock.milliseconds() - begun)), signal);
    if (signal.aborted) return;
  }
}

function movement(
  { customer_id, position }: Standing,
  before: ReadonlyMap<string, number> | undefined,
): number | null {
  if (before === undefined) return 0;
  const earlier = before.get(customer_id);
  return earlier === undefined ? null : earlier - position;
}
