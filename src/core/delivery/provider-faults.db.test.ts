import { expect, it, onTestFinished } from 'vitest';
import {
  createAudience,
  createTestCampaign,
  freeze,
  openTestTransport,
  send,
  statesOf,
} from '../../../test/campaign-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import { pacedClock } from '../../../test/paced-clock.ts';
import { type SendgridServerOptions, startSendgridServer } from '../../../test/servers/sendgrid-server.ts';
import { type SmtpFault, startSmtpSink } from '../../../test/servers/smtp-sink.ts';
import { startTcpProxy } from '../../../test/servers/tcp-proxy.ts';
import { systemClock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { configSchema } from '../settings/config.ts';
import { senderIdentity } from './sender-identity.ts';
import { createSendgridTransport } from './sendgrid-transport.ts';
import { createSmtpTransport } from './smtp-transport.ts';
import { parseSmtpUrl } from './smtp-url.ts';
import type { Transport } from './transport.ts';

const PEOPLE = 40;
const SENDER = senderIdentity(configSchema.parse({}));

function closing<T extends Pick<Transport, 'close'>>(transport: T): T {
  onTestFinished(() => transport.close());
  return transport;
}

async function sendgrid(options: SendgridServerOptions) {
  const server = await startSendgridServer(options);
  onTestFinished(() => server.close());
  return { server, transport: closing(await openTestTransport({ sendgrid: server.url })) };
}

async function smtp(fault: (to: string, attempt: number) => SmtpFault | undefined) {
  const sink = await startSmtpSink(fault);
  onTestFinished(() => sink.close());
  return { sink, transport: closing(await openTestTransport({ smtp: sink.url })) };
}

async function swallowingProxy(url: string) {
  const proxy = await startTcpProxy(Number(new URL(url).port));
  onTestFinished(() => proxy.close());
  return proxy;
}

describeEngines('a provider in trouble', (open) => {
  async function prepare(): Promise<Database> {
    const database = await open();
    await createAudience(database, PEOPLE);
    await createTestCampaign(database, 'launch');
    await freeze(database, 'launch');
    return database;
  }

  it('that refuses the key with 403 stops sending, with everything still pending', async () => {
    const database = await prepare();
    const { transport } = await sendgrid({ fault: () => ({ kind: 'status', status: 403 }) });
    const result = await send(database, 'launch', transport);
    expect(result).toMatchObject({ failure: { code: 'credential_refused' }, pending: PEOPLE });
  });

  it('that asks to wait until X-RateLimit-Reset is waited for, and nobody counts as failed', async () => {
    const database = await prepare();
    let resetAt = 0;
    const { server, transport } = await sendgrid({
      fault(_, request) {
        if (request > 0) return undefined;
        resetAt = Math.ceil(Date.now() / 1_000) + 1;
        return { kind: 'status', status: 429, headers: { 'x-ratelimit-reset': String(resetAt) } };
      },
    });
    const result = await send(database, 'launch', transport, { concurrency: 1 });
    expect(Date.now()).toBeGreaterThanOrEqual(resetAt * 1_000);
    expect(result).toMatchObject({ accepted: PEOPLE, refused: 0, in_doubt: 0 });
    expect(server.accepted).toHaveLength(PEOPLE);
    const attempts = await database.queries.selectFrom('deliveries').select('attempts').execute();
    expect(new Set(attempts.map((row) => row.attempts))).toEqual(new Set([1]));
  });

  it('that asks to wait again and again is given up, with everything still pending', async () => {
    const database = await prepare();
    const { transport } = await sendgrid({
      fault: () => ({ kind: 'status', status: 429, headers: { 'retry-after': '0.01' } }),
    });
    const result = await send(database, 'launch', transport, { concurrency: 1 });
    expect(result).toMatchObject({ failure: { code: 'provider_unreachable' }, pending: PEOPLE });
  });

  it('whose SMTP server refuses the login stops sending, with everything still pending', async () => {
    const database = await prepare();
    const sink = await startSmtpSink(undefined, {
      onAuth: (_auth, _session, callback) => callback(new Error('no such user')),
    });
    onTestFinished(() => sink.close());
    const url = sink.url.replace('smtp://', 'smtp://somebody:wrong@');
    const transport = closing(await openTestTransport({ smtp: url }));
    const result = await send(database, 'launch', transport);
    expect(result).toMatchObject({ failure: { code: 'credential_refused' }, pending: PEOPLE });
  });

  it('that says 421 is waited for, and nobody counts as failed', async () => {
    const database = await prepare();
    let answers = 0;
    const { sink, transport } = await smtp(() => {
      answers += 1;
      return answers === 5 ? { at: 'rcpt', code: 421 } : undefined;
    });
    const result = await send(database, 'launch', transport, { concurrency: 1 });
    expect(result).toMatchObject({ accepted: PEOPLE, refused: 0, in_doubt: 0 });
    expect(result.duration_ms).toBeGreaterThanOrEqual(2_000);
    expect(new Set(sink.accepted.map((mail) => mail.to)).size).toBe(PEOPLE);
    expect(sink.accepted).toHaveLength(PEOPLE);
  });

  it('that refuses somebody for now is tried five times, later each time, and then counts as refusing', async () => {
    const database = await prepare();
    const clock = pacedClock(systemClock.now());
    const tried: number[] = [];
    const { transport } = await smtp((to) => {
      if (to !== 'c7@people.test') return undefined;
      tried.push(clock.milliseconds());
      return { at: 'rcpt', code: 451 };
    });
    const result = await send(
      database,
      'launch',
      transport,
      { concurrency: 1, patienceMs: 300_000 },
      // The server's clock can't be made to run.
      { clock, sleep: clock.sleep, signal: clock.signal, followsServer: false },
    );
    expect(result).toMatchObject({ accepted: PEOPLE - 1, refused: 1, pending: 0 });
    const pauses = tried.slice(1).map((time, index) => time - (tried[index] ?? 0));
    expect(pauses).toHaveLength(4);
    for (const [index, least] of [1_000, 5_000, 25_000, 125_000].entries()) {
      expect(pauses[index]).toBeGreaterThanOrEqual(least);
    }
    const row = await database.queries
      .selectFrom('deliveries')
      .select(['attempts', 'error'])
      .where('status', '=', 'refused')
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ attempts: 5, error: expect.stringContaining('(5 attempts)') });
  }, 120_000);

  it.each(['before', 'after'] as const)(
    'behind a network that swallows everything %s its answer is doubt, over SendGrid',
    async (when) => {
      const database = await prepare();
      const server = await startSendgridServer({
        taken: () => {
          if (when === 'after') proxy.swallow();
        },
      });
      onTestFinished(() => server.close());
      const proxy = await swallowingProxy(server.url);
      const transport = closing(
        await createSendgridTransport({
          ...{ apiKey: 'SG.test', baseUrl: `http://127.0.0.1:${proxy.port}`, sender: SENDER },
          ...{ clock: systemClock, timeoutMs: 300 },
        }),
      );
      if (when === 'before') proxy.swallow();
      const result = await send(database, 'launch', transport, { concurrency: 1, batchSize: 4 });
      // It stops before the whole list is in doubt.
      expect(result).toMatchObject({ failure: { code: 'provider_unreachable' }, refused: 0, accepted: 0 });
      expect(result.in_doubt).toBe(20);
      expect(result.pending).toBe(PEOPLE - 20);
      expect(server.accepted).toHaveLength(when === 'before' ? 0 : 4);
    },
  );

  it('behind a network that swallows everything after DATA is doubt, over SMTP', async () => {
    const database = await prepare();
    const sink = await startSmtpSink(undefined, { taken: () => proxy.swallow() });
    onTestFinished(() => sink.close());
    const proxy = await swallowingProxy(sink.url);
    const transport = closing(
      await createSmtpTransport({
        ...{ server: parseSmtpUrl(`smtp://127.0.0.1:${proxy.port}`), sender: SENDER },
        ...{ clock: systemClock, connections: 1, timeoutMs: 300 },
      }),
    );
    const result = await send(database, 'launch', transport, { concurrency: 1 });
    expect(sink.accepted).toHaveLength(1);
    expect(result).toMatchObject({ failure: { code: 'provider_unreachable' }, in_doubt: 1 });
    expect(await statesOf(database, 'launch')).toEqual({ in_doubt: 1, pending: PEOPLE - 1 });
  }, 120_000);
});
