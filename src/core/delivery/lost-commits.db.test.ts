import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createAudience,
  createTestCampaign,
  freeze,
  openTestTransport,
  send,
  statesOf,
} from '../../../test/campaign-fixture.ts';
import { createDatabaseUrl } from '../../../test/engines.ts';
import { hasPostgres } from '../../../test/postgres-server.ts';
import { startCommitProxy } from '../../../test/servers/commit-proxy.ts';
import { startSendgridServer } from '../../../test/servers/sendgrid-server.ts';
import type { Database } from '../database/database.ts';
import { openDatabase } from '../database/open-database.ts';

const PEOPLE = 200;
const CONCURRENCY = 2;
const BATCH = 10;

async function opened(url: string): Promise<Database> {
  const database = await openDatabase({ url });
  onTestFinished(() => database.close());
  return database;
}

/** A campaign that is about to be sent over a proxy, which begins to lose answers when the provider is first called. */
async function prepare(begin: (proxy: Awaited<ReturnType<typeof startCommitProxy>>) => void) {
  const { url, drop } = await createDatabaseUrl('postgres');
  onTestFinished(drop);
  const direct = await opened(url);
  await createAudience(direct, PEOPLE);
  await createTestCampaign(direct, 'launch', { dailyCap: 10 * PEOPLE });
  await freeze(direct, 'launch');
  const { port } = new URL(url);
  const proxy = await startCommitProxy(Number(port));
  onTestFinished(() => proxy.close());
  let hasBegun = false;
  const server = await startSendgridServer({
    taken() {
      if (!hasBegun) begin(proxy);
      hasBegun = true;
    },
  });
  onTestFinished(() => server.close());
  const database = await opened(url.replace(`:${port}/`, `:${proxy.port}/`));
  const transport = await openTestTransport({ sendgrid: server.url });
  onTestFinished(() => transport.close());
  return { direct, database, transport, server, proxy };
}

const options = { concurrency: CONCURRENCY, batchSize: BATCH };

describe.skipIf(!hasPostgres())('a commit whose answer is lost', () => {
  it.each([
    [1, 8],
    [2, 8],
    [3, 8],
    [5, 4],
  ])(
    'is written down once more, mails nobody twice and counts nobody twice: every %i. answer, %i times',
    async (every, times) => {
      const { direct, database, transport, server, proxy } = await prepare((before) =>
        before.lose(every, times),
      );
      const result = await send(database, 'launch', transport, options);
      expect(proxy.lost()).toBeGreaterThanOrEqual(3);
      expect(result).toMatchObject({ end: 'finished', accepted: PEOPLE, in_doubt: 0, pending: 0 });
      const emails = server.accepted.map(({ email }) => email);
      expect(emails).toHaveLength(PEOPLE);
      expect(new Set(emails).size).toBe(PEOPLE);
      const buckets = await direct.queries.selectFrom('rate_buckets').select(['name', 'day_count']).execute();
      expect(buckets).toEqual([{ name: 'campaign:1', day_count: PEOPLE }]);
    },
    120_000,
  );

  it.each([1, 2, 3, 4, 5, 6])(
    'and a database that stays away leave a batch for each worker in doubt at most: the %i. commit',
    async (nth) => {
      const { direct, database, transport, server } = await prepare((before) => before.loseAllAt(nth));
      // Whoever waits for the database does not wait for long.
      const hurried = { sleep: () => new Promise<void>((resolve) => setTimeout(resolve, 5)) };
      await send(database, 'launch', transport, options, hurried).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'database_unreachable' });
      });
      const next = await send(direct, 'launch', transport, options);
      expect(next.in_doubt).toBeLessThanOrEqual(CONCURRENCY * BATCH);
      const { accepted = 0, in_doubt = 0, ...others } = await statesOf(direct, 'launch');
      expect(others).toEqual({});
      expect(accepted + in_doubt).toBe(PEOPLE);
      const emails = server.accepted.map(({ email }) => email);
      expect(new Set(emails).size).toBe(emails.length);
      expect(emails.length).toBeGreaterThanOrEqual(accepted);
    },
    120_000,
  );
});
