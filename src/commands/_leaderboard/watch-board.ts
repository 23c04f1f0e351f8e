import { getContest } from '../../core/contests/get-contest.ts';
import { sleep } from '../../core/delivery/pace.ts';
import { ReferralError } from '../../core/errors.ts';
import type { Period } from '../../core/leaderboard/period-window.ts';
import { type BoardFrame, watchLeaderboard } from '../../core/leaderboard/watch-leaderboard.ts';
import type { Context } from '../_runtime/context.ts';
import type { LiveResult, Row } from '../_runtime/result.ts';
import { boardText } from './board-text.ts';

const COLUMNS = ['at', 'contest', 'participants', 'digest', 'entries'].map((key) => ({ key }));
const LEAST_INTERVAL_MS = 100;

export interface WatchBoard {
  readonly asOf: string | undefined;
  readonly period: Period;
  readonly limit: number;
  readonly offset: number;
  readonly intervalMs: number;
}

/** A leaderboard that goes on changing while it is shown. */
export async function watchBoard(
  context: Context,
  slug: string,
  { asOf, intervalMs, ...page }: WatchBoard,
): Promise<LiveResult> {
  const { clock, signal } = context;
  if (asOf !== undefined) {
    throw new ReferralError('usage', '--watch shows the board as it is, not as it was', {
      hint: 'Leave out --as-of, or --watch.',
    });
  }
  return context.usingDatabase(async ({ queries }) => {
    // An unknown name is told before anything is printed.
    await getContest(queries, slug);
    async function* frames(): AsyncGenerator<Row> {
      const options = { queries, clock, signal, sleep, ...page };
      for await (const frame of watchLeaderboard(slug, {
        ...options,
        intervalMs: Math.max(LEAST_INTERVAL_MS, intervalMs),
      }))
        yield { ...frame };
    }
    return {
      kind: 'live',
      columns: COLUMNS,
      frames: frames(),
      text: (frame) => boardText(frame as unknown as BoardFrame),
    };
  });
}
