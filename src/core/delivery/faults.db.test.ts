import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  createAudience,
  createTestCampaign,
  freeze,
  KEYRING,
  openTestTransport,
  RUN,
  send,
  statesOf,
} from '../../../test/campaign-fixture.ts';
import { type Child, startChild } from '../../../test/children/start-child.ts';
import { type OwnPostgres, startOwnPostgres } from '../../../test/own-postgres.ts';
import { hasPostgres } from '../../../test/postgres-server.ts';
import { type SendgridServer, startSendgridServer } from '../../../test/servers/sendgrid-server.ts';
import { startTcpProxy } from '../../../test/servers/tcp-proxy.ts';
import { systemClock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { openDatabase } from '../database/open-database.ts';
import { importEvents } from '../events/import-events.ts';

const PEOPLE = 300;

async function sendgrid(): Promise<SendgridServer> {
  const server = await startSendgridServer({ fault: () => ({ kind: 'slow', milliseconds: 40 }) });
  onTestFinished(() => server.close());
  return server;
}

function startSender(url: string, slug: string, server: SendgridServer): Child {
  const child = startChild('send.ts', [url, slug, 'sendgrid', server.url, 'SG.test', '10']);
  onTestFinished(() => {
    child.process.kill('SIGKILL');
  });
  return child;
}

/** Imports what the provider tells, sends what is left, and expects that everybody got exactly one mail. */
async function expectAllOnce(database: Database, slug: string, server: SendgridServer): Promise<void> {
  const transport = await openTestTransport({ sendgrid: server.url });
  await send(database, slug, transport);
  await transport.close();
  const bytes = Readable.from([Buffer.from(JSON.stringify(server.events()))]);
  const { signal } = new AbortController();
  const dependencies = { database, clock: systemClock, keyring: KEYRING, run: RUN, signal };
  await importEvents(bytes, { ...dependencies, dryRun: false, verifyKey: undefined });
  const emails = server.accepted.map(({ email }) => email);
  expect(emails.length - new Set(emails).size).toBe(0);
  const { accepted = 0, in_doubt = 0, ...others } = await statesOf(database, slug);
  expect(others).toEqual({});
  expect(accepted).toBe(emails.length);
  expect(accepted + in_doubt).toBe(PEOPLE);
}

describe.skipIf(!hasPostgres())('sending over a PostgreSQL that fails', () => {
  let postgres: OwnPostgres;
  let database: Database;

  beforeAll(async () => {
    postgres = await startOwnPostgres();
    database = await openDatabase({ url: postgres.url });
    await createAudience(database, PEOPLE);
  }, 60_000);

  afterAll(async () => {
    await database.close();
    await postgres.stop();
  });

  async function begin(slug: string): Promise<void> {
    await createTestCampaign(database, slug);
    await freeze(database, slug);
  }

  it('survives a restart of the server: what was in flight is written down, and the next send goes on', async () => {
    await begin('restarted');
    const server = await sendgrid();
    const child = startSender(postgres.url, 'restarted', server);
    await expect.poll(() => server.accepted.length, { timeout: 60_000 }).toBeGreaterThan(40);
    await postgres.restart();
    expect(await child.ended).toBe(0);
    expect(child.output()).toContain('database_unreachable');
    expect(await statesOf(database, 'restarted')).not.toHaveProperty('in_doubt');
    await expectAllOnce(database, 'restarted', server);
  }, 240_000);

  it('sees within seconds that the network swallows everything, on both sides, and others take over', async () => {
    await begin('swallowed');
    const server = await sendgrid();
    const proxy = await startTcpProxy(postgres.port);
    onTestFinished(() => proxy.close());
    const cutOff = startSender(
      postgres.url.replace(`:${postgres.port}/`, `:${proxy.port}/`),
      'swallowed',
      server,
    );
    await expect.poll(() => server.accepted.length, { timeout: 60_000 }).toBeGreaterThan(40);
    proxy.swallow();
    const before = Date.now();
    const other = startSender(postgres.url, 'swallowed', server);
    expect(await other.ended).toBe(0);
    expect(other.output()).toContain('finished');
    expect(Date.now() - before).toBeLessThan(20_000);
    expect(await statesOf(database, 'swallowed')).toHaveProperty('in_doubt');
    // For half a minute it tries to write down what the provider has told it.
    proxy.mend();
    await cutOff.ended;
    expect(cutOff.output()).toContain('database_unreachable');
    expect(await statesOf(database, 'swallowed')).toEqual({ accepted: PEOPLE });
    await expectAllOnce(database, 'swallowed', server);
  }, 240_000);
});
