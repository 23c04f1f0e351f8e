import { expect, it } from 'vitest';
import { createAudience, createTestCampaign, freeze } from '../../../test/campaign-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import type { Clock } from '../clock.ts';
import { clockAt } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { toInstant } from '../time.ts';
import { type WatchFrame, watchCampaign } from './watch-campaign.ts';

const START = Date.parse('2026-07-01T10:00:00.000Z');

describeEngines('watching a campaign', (open) => {
  async function prepare(): Promise<{ database: Database; clock: Clock; pass: (ms: number) => void }> {
    const database = await open();
    await createAudience(database, 20, clockAt(toInstant(START)));
    await createTestCampaign(database, 'launch', {}, clockAt(toInstant(START)));
    await freeze(database, 'launch', clockAt(toInstant(START)));
    let now = START;
    const clock = { milliseconds: () => now, now: () => toInstant(now) };
    const pass = (ms: number): void => {
      now += ms;
    };
    return { database, clock, pass };
  }

  const insertSender = async ({ queries }: Database, process_id: number): Promise<number> =>
    (
      await queries
        .insertInto('senders')
        .values({
          ...{ campaign_id: 1, transport: 'smtp', target: 'x', host: 'a', process_id },
          started_at: toInstant(START),
        })
        .returning('id')
        .executeTakeFirstOrThrow()
    ).id;

  const accept = (database: Database, sender_id: number, upTo: number) =>
    database.queries
      .updateTable('deliveries')
      .set({ status: 'accepted', sender_id })
      .where('id', '<=', upTo)
      .where('status', '=', 'pending')
      .execute();

  it('tells totals, the rate of each sender and the time left, and ends with the campaign', async () => {
    const { database, clock, pass } = await prepare();
    const first = await insertSender(database, 1);
    const second = await insertSender(database, 2);
    const steps = [
      async () => {
        await accept(database, first, 4);
        await accept(database, second, 6);
      },
      async () => {
        await accept(database, second, 10);
      },
      async () => {
        await accept(database, first, 20);
        await database.queries.updateTable('campaigns').set({ status: 'sent' }).execute();
        await database.queries.updateTable('senders').set({ stopped_at: clock.now() }).execute();
      },
    ];
    const slept: number[] = [];
    const frames: WatchFrame[] = [];
    const sleep = async (ms: number): Promise<void> => {
      slept.push(ms);
      pass(ms);
      await steps.shift()?.();
    };
    const { signal } = new AbortController();
    const options = { queries: database.queries, clock, intervalMs: 2_000, signal, sleep };
    for await (const frame of watchCampaign('launch', options)) frames.push(frame);
    expect(slept).toEqual([2_000, 2_000, 2_000]);
    expect(
      frames.map(({ pending, accepted, rate, seconds_left, status }) => ({
        pending,
        accepted,
        rate,
        seconds_left,
        status,
      })),
    ).toEqual([
      { pending: 20, accepted: 0, rate: 0, seconds_left: null, status: 'sending' },
      { pending: 14, accepted: 6, rate: 3, seconds_left: 5, status: 'sending' },
      { pending: 10, accepted: 10, rate: 2.5, seconds_left: 4, status: 'sending' },
      { pending: 0, accepted: 20, rate: 0, seconds_left: null, status: 'sent' },
    ]);
    expect(frames[1]?.senders.map(({ process_id, accepted, rate }) => [process_id, accepted, rate])).toEqual([
      [1, 4, 2],
      [2, 2, 1],
    ]);
  });

  it('ends when it is told to, without another look', async () => {
    const { database, clock } = await prepare();
    const controller = new AbortController();
    let looks = 0;
    const sleep = (): Promise<void> => {
      controller.abort();
      return Promise.resolve();
    };
    const options = { queries: database.queries, clock, intervalMs: 1, signal: controller.signal, sleep };
    for await (const _ of watchCampaign('launch', options)) looks += 1;
    expect(looks).toBe(1);
  });
});
