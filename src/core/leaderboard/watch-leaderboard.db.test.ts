import { expect, it } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { given, setUpReferrals } from '../../../test/given-referrals.ts';
import { clockAt } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { type BoardFrame, watchLeaderboard } from './watch-leaderboard.ts';

const clock = clockAt('2026-06-01T10:00:00.000Z');

describeEngines('watching a leaderboard', (open) => {
  async function prepare(): Promise<Database> {
    const database = await open();
    await setUpReferrals(database, {}, [
      given('C-1', 'B-1', '2026-05-03T10:00:00.000Z'),
      given('C-1', 'B-2', '2026-05-04T10:00:00.000Z'),
      given('C-2', 'B-3', '2026-05-05T10:00:00.000Z'),
      { ...given('C-2', 'B-4', '2026-05-06T10:00:00.000Z'), status: 'held', reason: 'approval.mode' },
      { ...given('C-2', 'B-5', '2026-05-07T10:00:00.000Z'), status: 'held', reason: 'approval.mode' },
      { ...given('C-3', 'B-6', '2026-05-08T10:00:00.000Z'), status: 'held', reason: 'approval.mode' },
    ]);
    await database.queries.updateTable('contests').set({ status: 'active' }).execute();
    return database;
  }

  const approveAll = ({ queries }: Database) =>
    queries.updateTable('referrals').set({ status: 'approved' }).execute();

  async function watch(
    database: Database,
    signal: AbortSignal,
    betweenLooks: () => Promise<unknown>,
  ): Promise<BoardFrame[]> {
    const frames: BoardFrame[] = [];
    for await (const frame of watchLeaderboard('summer', {
      ...{ queries: database.queries, clock, signal, period: 'all', limit: 10, offset: 0 },
      ...{ intervalMs: 1, sleep: async () => void (await betweenLooks()) },
    }))
      frames.push(frame);
    return frames;
  }

  it('tells who has moved since the look before, and ends with the contest', async () => {
    const database = await prepare();
    const steps = [
      () => approveAll(database),
      () => database.queries.updateTable('contests').set({ status: 'cancelled' }).execute(),
    ];
    const frames = await watch(database, new AbortController().signal, async () => steps.shift()?.());
    const moves = frames.map(({ entries }) => entries.map(({ customer_id, moved }) => [customer_id, moved]));
    expect(moves).toEqual([
      [
        ['C-1', 0],
        ['C-2', 0],
      ],
      [
        ['C-2', 1],
        ['C-1', -1],
        ['C-3', null],
      ],
      [
        ['C-2', 0],
        ['C-1', 0],
        ['C-3', 0],
      ],
    ]);
    expect(new Set(frames.map(({ digest }) => digest)).size).toBe(2);
  });

  it('stops at the signal', async () => {
    const database = await prepare();
    const controller = new AbortController();
    const frames = await watch(database, controller.signal, async () => controller.abort());
    expect(frames).toHaveLength(1);
  });
});
