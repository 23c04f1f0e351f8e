import { once } from 'node:events';
import { expect, it } from 'vitest';
import {
  createAudience,
  createTestCampaign,
  freeze,
  KEYRING,
  send,
  statesOf,
} from '../../../test/campaign-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import { pacedClock } from '../../../test/paced-clock.ts';
import type { Database } from '../database/database.ts';
import { saveBucketRate } from './bucket-queries.ts';
import { claimBatches } from './claim-batch.ts';
import { createClassRotation } from './class-rotation.ts';
import { insertSender } from './sender-queries.ts';
import type { Transport } from './transport.ts';

const START = '2026-07-01T12:00:00.000Z';
const PEOPLE = 130;

describeEngines('a claim for several workers', (open) => {
  async function prepare(): Promise<{ database: Database; clock: ReturnType<typeof pacedClock> }> {
    const database = await open();
    const clock = pacedClock(START);
    await createAudience(database, PEOPLE, clock);
    await createTestCampaign(database, 'launch', { dailyCap: 1_000 }, clock);
    await freeze(database, 'launch', clock);
    return { database, clock };
  }

  async function findBucket({ queries }: Database) {
    const columns = ['name', 'next_free_at', 'day_count'] as const;
    return queries.selectFrom('rate_buckets').select(columns).executeTakeFirstOrThrow();
  }

  it('gives each batch its own time under the rate, and takes the tokens of all of them', async () => {
    const { database, clock } = await prepare();
    const { queries } = database;
    await saveBucketRate(queries, 'campaign:1', 100);
    const sender = await insertSender(queries, {
      ...{ campaign_id: 1, transport: 'outbox', target: 'here', host: 'here', process_id: 1 },
      started_at: START,
    });
    const options = {
      ...{
        clock,
        followsServer: false,
        keyring: KEYRING,
        campaignId: 1,
        campaign: 'launch',
        dailyCap: 1_000,
      },
      ...{ account: 'outbox', senderId: sender, batchSize: 10, hours: undefined },
      ...{ timezone: 'UTC', dayTimezone: 'UTC', classes: createClassRotation() },
    };
    const { batches } = await database.transaction((trx) => claimBatches(trx, options, 25));
    expect(batches.map(({ deliveries }) => deliveries.length)).toEqual([10, 10, 5]);
    const [first = 0, ...others] = batches.map(({ leaveAt }) => leaveAt);
    // What an idle bucket gives at once is 50 ms' worth.
    expect(first).toBe(Date.parse(START) - 50);
    expect(others).toEqual([first + 100, first + 200]);
    expect(await findBucket(database)).toEqual({
      ...{ name: 'campaign:1', next_free_at: first + 250, day_count: 25 },
    });
  });

  it('gives back what no worker has taken when it is interrupted, also what it counted', async () => {
    const { database, clock } = await prepare();
    const stop = new AbortController();
    const stopped = once(stop.signal, 'abort');
    let calls = 0;
    // Three workers wait for the provider while the fourth claims for all of them once more.
    const transport: Transport = {
      ...{ name: 'outbox', target: 'here', close: () => Promise.resolve() },
      async deliver(_, mails) {
        calls += 1;
        if (calls === 5) stop.abort();
        else if (calls > 1) await stopped;
        return { outcomes: mails.map(() => ({ kind: 'accepted', messageId: null })) };
      },
    };
    const options = { concurrency: 4, batchSize: 10 };
    const more = { clock, sleep: clock.sleep, signal: stop.signal, followsServer: false };
    const { accepted, pending, end } = await send(database, 'launch', transport, options, more);
    expect(end).toBe('interrupted');
    expect(calls).toBe(5);
    expect({ accepted, pending }).toEqual({ accepted: calls * 10, pending: PEOPLE - calls * 10 });
    expect(await statesOf(database, 'launch')).toEqual({ accepted, pending });
    expect((await findBucket(database)).day_count).toBe(accepted);
  });

  it('takes no more than a limit leaves, however many workers there are', async () => {
    const { database, clock } = await prepare();
    const sizes: number[] = [];
    const transport: Transport = {
      ...{ name: 'outbox', target: 'here', close: () => Promise.resolve() },
      deliver: (_, mails) => {
        sizes.push(mails.length);
        return Promise.resolve({ outcomes: mails.map(() => ({ kind: 'accepted', messageId: null })) });
      },
    };
    const options = { concurrency: 4, batchSize: 10, limit: 25 };
    const more = { clock, sleep: clock.sleep, followsServer: false };
    const result = await send(database, 'launch', transport, options, more);
    expect(result).toMatchObject({ end: 'limit', accepted: 25, pending: PEOPLE - 25 });
    expect(sizes.toSorted((a, b) => b - a)).toEqual([10, 10, 5]);
    expect((await findBucket(database)).day_count).toBe(25);
  });
});
