import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import {
  CONFIG,
  createAudience,
  createTestCampaign,
  freeze,
  KEYRING,
  openTestTransport,
  RUN,
  send,
  statesOf,
} from '../../../test/campaign-fixture.ts';
import { type Child, type ChildOptions, startChild } from '../../../test/children/start-child.ts';
import { describeEngineUrls } from '../../../test/engines.ts';
import {
  type SendgridFault,
  type SendgridServer,
  startSendgridServer,
} from '../../../test/servers/sendgrid-server.ts';
import { changeCampaign } from '../campaigns/change-campaign.ts';
import { systemClock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { openDatabase } from '../database/open-database.ts';

const PEOPLE = 120;

function expectNobodyTwice(server: SendgridServer): void {
  const emails = server.accepted.map(({ email }) => email);
  expect(emails.length).toBe(new Set(emails).size);
}

describeEngineUrls('a sender in trouble', (createUrl, engine) => {
  // Closed before the database is dropped.
  const closers: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });
  const whenDone = (close: () => Promise<unknown>): void => {
    closers.push(close);
  };

  async function sendgrid(
    fault: () => SendgridFault = () => ({ kind: 'slow', milliseconds: 40 }),
  ): Promise<SendgridServer> {
    const server = await startSendgridServer({ fault });
    whenDone(() => server.close());
    return server;
  }

  function startSender(url: string, slug: string, server: SendgridServer, options: ChildOptions = {}): Child {
    const child = startChild('send.ts', [url, slug, 'sendgrid', server.url, 'SG.test', '10'], options);
    whenDone(async () => {
      child.process.kill('SIGKILL');
      await child.ended;
    });
    return child;
  }

  async function prepare(...slugs: string[]): Promise<{ url: string; database: Database }> {
    const url = await createUrl();
    const database = await openDatabase({ url });
    whenDone(() => database.close());
    await createAudience(database, PEOPLE);
    for (const slug of slugs) {
      await createTestCampaign(database, slug);
      await freeze(database, slug);
    }
    return { url, database };
  }

  it('that dies while the provider holds its answer is taken over within seconds, and its mails are in doubt', async () => {
    const { url, database } = await prepare('launch');
    let requests = 0;
    const server = await sendgrid(() => {
      requests += 1;
      return { kind: 'slow', milliseconds: requests <= 2 ? 60_000 : 5 };
    });
    const dead = startSender(url, 'launch', server);
    await expect.poll(() => requests, { timeout: 20_000 }).toBe(2);
    const alive = startSender(url, 'launch', server);
    // All is done but what the first one holds: 20 that the provider has, 20 that it has claimed beside.
    await expect
      .poll(() => statesOf(database, 'launch'), { timeout: 40_000 })
      .toEqual({
        ...{ accepted: PEOPLE - 40, sending: 20, claimed: 20 },
      });
    dead.process.kill('SIGKILL');
    const killedAt = performance.now();
    expect(await alive.ended).toBe(0);
    expect(performance.now() - killedAt).toBeLessThan(8_000);
    expect(await statesOf(database, 'launch')).toEqual({ accepted: PEOPLE - 20, in_doubt: 20 });
    expectNobodyTwice(server);
  }, 120_000);

  it.each(['pause', 'cancel'] as const)(
    'of another process stops within a second of a %s here, with nothing in flight',
    async (change) => {
      const { url, database } = await prepare('launch');
      const server = await sendgrid(() => ({ kind: 'slow', milliseconds: 300 }));
      const child = startSender(url, 'launch', server);
      await expect.poll(() => server.accepted.length, { timeout: 20_000 }).toBeGreaterThan(0);
      const dependencies = {
        ...{ database, clock: systemClock, config: CONFIG },
        ...{ keyring: KEYRING, run: RUN, dryRun: false },
      };
      await changeCampaign('launch', change, null, dependencies);
      await sleep(1_000);
      const taken = server.accepted.length;
      await child.ended;
      expect(child.output()).toContain('stopped');
      expect(server.accepted.length).toBe(taken);
      const states = await statesOf(database, 'launch');
      expect(states).toMatchObject({ accepted: taken });
      expect(states['in_doubt']).toBeUndefined();
    },
    120_000,
  );

  it('beside one of another campaign to the same people mails everybody once in each', async () => {
    const { url, database } = await prepare('first', 'second');
    const servers = await Promise.all([sendgrid(), sendgrid()]);
    const children = ['first', 'second'].flatMap((slug, index) => {
      const server = servers[index];
      return server === undefined ? [] : [startSender(url, slug, server)];
    });
    for (const child of children) expect(await child.ended).toBe(0);
    for (const slug of ['first', 'second'])
      expect(await statesOf(database, slug)).toEqual({ accepted: PEOPLE });
    for (const server of servers) {
      expectNobodyTwice(server);
      expect(server.accepted).toHaveLength(PEOPLE);
    }
  }, 120_000);

  // PostgreSQL's disk is its server's matter.
  if (engine === 'sqlite')
    it('whose disk is full ends and says so; when there is room again, nobody is mailed twice and nobody lost', async () => {
      const url = await createUrl();
      const prepared = await openDatabase({ url });
      await createAudience(prepared, PEOPLE);
      await createTestCampaign(prepared, 'launch');
      await freeze(prepared, 'launch');
      await prepared.close();
      const server = await sendgrid();
      // No file of this process may grow beyond 320 KiB: the write-ahead log runs into that.
      const full = startSender(url, 'launch', server, { maxFileBytes: 320 * 1_024, hurry: 100 });
      expect(await full.ended).not.toBe(null);
      expect(full.output()).toContain('database_unreachable');
      const database = await openDatabase({ url });
      whenDone(() => database.close());
      const { accepted = 0, pending = 0 } = await statesOf(database, 'launch');
      expect([accepted, pending].every((count) => count > 0)).toBe(true);
      const transport = await openTestTransport({ sendgrid: server.url });
      whenDone(() => transport.close());
      const after = await send(database, 'launch', transport);
      expect(after.pending + after.refused + after.skipped).toBe(0);
      expect(after.accepted + after.in_doubt).toBe(PEOPLE);
      expect(after.in_doubt).toBeLessThanOrEqual(20);
      expectNobodyTwice(server);
    }, 120_000);
});
