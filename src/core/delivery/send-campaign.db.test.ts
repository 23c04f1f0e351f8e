import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { expect, it, onTestFinished } from 'vitest';
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
import { describeEngines } from '../../../test/engines.ts';
import { type SendgridServerOptions, startSendgridServer } from '../../../test/servers/sendgrid-server.ts';
import { type SmtpFault, startSmtpSink } from '../../../test/servers/smtp-sink.ts';
import { changeCampaign } from '../campaigns/change-campaign.ts';
import { retryRefused } from '../campaigns/resolve-deliveries.ts';
import { systemClock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { suppressAddresses } from '../suppressions/suppress-addresses.ts';
import { recoverSenders, settleByEvidence } from './recover-senders.ts';
import { startCampaign } from './start-campaign.ts';
import type { Transport } from './transport.ts';

const PEOPLE = 40;

async function outboxFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'referral-outbox-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function sendgrid(options: SendgridServerOptions = {}) {
  const server = await startSendgridServer(options);
  onTestFinished(() => server.close());
  const transport = await openTestTransport({ sendgrid: server.url });
  onTestFinished(() => transport.close());
  return { server, transport };
}

async function smtp(fault?: (to: string, attempt: number) => SmtpFault | undefined) {
  const sink = await startSmtpSink(fault);
  onTestFinished(() => sink.close());
  const transport = await openTestTransport({ smtp: sink.url });
  onTestFinished(() => transport.close());
  return { sink, transport };
}

const number = (email: string) => Number(/\d+/.exec(email)?.[0]);

describeEngines('sending', (open) => {
  async function prepare(more: Parameters<typeof createTestCampaign>[2] = {}): Promise<Database> {
    const database = await open();
    await createAudience(database, PEOPLE);
    await createTestCampaign(database, 'launch', more);
    await freeze(database, 'launch');
    return database;
  }

  it('writes mails that a mail program reads: both parts, subject, one-click unsubscribe', async () => {
    const variants = [{ name: 'a', subject: 'Grüße, {{ first_name }} — {{ code }}' }];
    const database = await prepare({ variants });
    const folder = await outboxFolder();
    const result = await send(database, 'launch', await openTestTransport({ outbox: folder }));
    expect(result).toMatchObject({
      status: 'sent',
      planned: PEOPLE,
      accepted: PEOPLE,
      pending: 0,
      end: 'finished',
    });
    const files = await readdir(join(folder, 'launch'));
    expect(files).toHaveLength(PEOPLE);
    const raw = await readFile(join(folder, 'launch', files.toSorted()[0] ?? ''));
    expect(raw.toString()).not.toMatch(/[^\r]\n/);
    const mail = await PostalMime.parse(raw);
    expect(mail.subject).toBe('Grüße, Zoë 1 — CODE1');
    expect(mail.to?.[0]?.address).toBe('c1@people.test');
    expect(mail.html).toContain('Hello Zoë 1, your code is CODE1.');
    expect(mail.text).toContain('Hello Zoë 1, your code is CODE1.');
    const header = (name: string) => mail.headers.find(({ key }) => key === name)?.value;
    expect(header('list-unsubscribe')).toMatch(/^<https:\/\/example\.test\/unsubscribe\/[\w-]+>$/);
    expect(header('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
  });

  it('hands SendGrid one request per batch: the text once, the rest as substitutions, nothing personal in the metadata', async () => {
    const database = await prepare();
    const { server, transport } = await sendgrid();
    await send(database, 'launch', transport, { batchSize: 25 });
    expect(server.bodies.map((body) => body.personalizations.length).toSorted()).toEqual([15, 25]);
    const [body] = server.bodies;
    const [first] = body?.personalizations ?? [];
    expect(first?.headers?.['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click');
    expect(first?.custom_args?.['delivery']).toMatch(/^[0-9a-f]+-\d+$/);
    let text = body?.content[0]?.value ?? '';
    for (const [tag, value] of Object.entries(first?.substitutions ?? {})) text = text.replaceAll(tag, value);
    expect(text).toMatch(/Hello Zoë \d+, your code is CODE\d+/);
    expect(body?.content.map((part) => part.type)).toEqual(['text/plain', 'text/html']);
    expect(await statesOf(database, 'launch')).toEqual({ accepted: PEOPLE });
    const row = await database.queries.selectFrom('deliveries').selectAll().executeTakeFirstOrThrow();
    const { messageId } = server.accepted.find(({ email }) => email === row.email) ?? {};
    expect(row).toMatchObject({ attempts: 1, error: null, provider_message_id: messageId });
    expect([row.claimed_at, row.sent_at, row.settled_at]).not.toContain(null);
  });

  it('refuses the entries that a 400 names and sends the rest of the same claim', async () => {
    const database = await prepare();
    const { server, transport } = await sendgrid({
      fault: ({ personalizations }) => {
        const errors = personalizations.flatMap(({ to }, index) =>
          number(to[0]?.email ?? '') % 10 === 0
            ? [{ field: `personalizations.${index}.to`, message: 'bad address' }]
            : [],
        );
        return errors.length > 0 ? { kind: 'status', status: 400, body: { errors } } : undefined;
      },
    });
    const result = await send(database, 'launch', transport);
    expect(result).toMatchObject({ accepted: 36, refused: 4, pending: 0, status: 'sent' });
    expect(new Set(server.accepted.map((mail) => mail.email)).size).toBe(36);
    const dependencies = { database, clock: systemClock, run: RUN, dryRun: false };
    expect(await retryRefused('launch', dependencies)).toMatchObject({ resolved: 4, status: 'sending' });
  });

  it('halves a request that is too large', async () => {
    const database = await prepare();
    const { server, transport } = await sendgrid({
      fault: ({ personalizations }) =>
        personalizations.length > 3
          ? { kind: 'status', status: 413, body: '<html>too large</html>' }
          : undefined,
    });
    expect(await send(database, 'launch', transport)).toMatchObject({ accepted: PEOPLE });
    expect(server.accepted).toHaveLength(PEOPLE);
  });

  it('waits as a 429 and a 503 tell, and nobody counts as failed', async () => {
    const database = await prepare();
    const { server, transport } = await sendgrid({
      fault: (_, request) =>
        request < 3
          ? { kind: 'status', status: request === 1 ? 503 : 429, headers: { 'retry-after': '0.2' } }
          : undefined,
    });
    const result = await send(database, 'launch', transport, { concurrency: 1 });
    expect(result).toMatchObject({ accepted: PEOPLE, refused: 0, in_doubt: 0 });
    expect(result.duration_ms).toBeGreaterThanOrEqual(550);
    expect(server.accepted).toHaveLength(PEOPLE);
  });

  it('stops when the key is refused, with everything still pending', async () => {
    const database = await prepare();
    const { transport } = await sendgrid({ apiKey: 'SG.another' });
    const result = await send(database, 'launch', transport);
    expect(result).toMatchObject({
      failure: { code: 'credential_refused' },
      pending: PEOPLE,
      status: 'sending',
    });
    expect(await statesOf(database, 'launch')).toEqual({ pending: PEOPLE });
  });

  it('leaves everything pending when nobody answers the door', async () => {
    const database = await prepare();
    const { server, transport } = await sendgrid();
    await server.close();
    const result = await send(database, 'launch', transport);
    expect(result).toMatchObject({ failure: { code: 'provider_unreachable' }, pending: PEOPLE, in_doubt: 0 });
  });

  it('takes a lost reply for doubt, and never sends it again by itself', async () => {
    const database = await prepare();
    const { server, transport } = await sendgrid({
      fault: (_, request) => (request === 1 ? { kind: 'lost_reply' } : undefined),
    });
    expect(await send(database, 'launch', transport)).toMatchObject({
      accepted: 30,
      in_doubt: 10,
      status: 'sent',
    });
    await send(database, 'launch', transport);
    expect(server.accepted).toHaveLength(PEOPLE);
  });

  it('stops before the whole list is in doubt', async () => {
    const database = await prepare();
    const { transport } = await sendgrid({ fault: () => ({ kind: 'status', status: 500 }) });
    const result = await send(database, 'launch', transport, { batchSize: 2, concurrency: 1 });
    expect(result).toMatchObject({ failure: { code: 'provider_unreachable' }, in_doubt: 10, pending: 30 });
  });

  it('goes over SMTP: 5yz is refused, 4yz tried again, a cut after the body is doubt', async () => {
    const database = await prepare();
    const { sink, transport } = await smtp((to, attempt) => {
      if (number(to) === 3) return { at: 'rcpt', code: 550 };
      if (number(to) === 4) return { at: 'data', code: 554 };
      if (number(to) === 5 && attempt === 1) return { at: 'rcpt', code: 451 };
      return number(to) === 6 ? { at: 'cut', accepts: true } : undefined;
    });
    const result = await send(database, 'launch', transport, { concurrency: 1 });
    expect(result).toMatchObject({ accepted: PEOPLE - 3, refused: 2, in_doubt: 1, pending: 0 });
    const rows = await database.queries
      .selectFrom('deliveries')
      .select(['email', 'status', 'attempts'])
      .execute();
    const of = (index: number) => rows.find(({ email }) => email === `c${index}@people.test`);
    expect([of(3)?.status, of(4)?.status, of(6)?.status]).toEqual(['refused', 'refused', 'in_doubt']);
    expect(of(5)).toMatchObject({ status: 'accepted', attempts: 2 });
    expect(new Set(sink.accepted.map((mail) => mail.to)).size).toBe(PEOPLE - 2);
    const mail = await PostalMime.parse(sink.accepted[0]?.raw ?? '');
    expect(mail.html).toMatch(/your code is CODE\d+/);
  });

  it('skips who was suppressed, withdrew or was erased since the plan', async () => {
    const database = await prepare();
    await database.transaction((trx) =>
      suppressAddresses(trx, { keyring: KEYRING, clock: systemClock, run: RUN }, [
        { address_key: 'c1@people.test', reason: 'manual', source: 'test' },
      ]),
    );
    const change = (id: string, values: object) =>
      database.queries.updateTable('customers').set(values).where('customer_id', '=', id).execute();
    await change('C-0000002', { consent: 'withdrawn' });
    await change('C-0000003', { erased_at: systemClock.now(), email: null, address_key: null });
    const { server, transport } = await sendgrid();
    expect(await send(database, 'launch', transport)).toMatchObject({ accepted: 37, skipped: 3 });
    expect(server.accepted.map(({ email }) => number(email))).not.toEqual(expect.arrayContaining([1]));
    const skipped = await database.queries
      .selectFrom('deliveries')
      .select('error')
      .where('status', '=', 'skipped')
      .orderBy('id')
      .execute();
    expect(skipped.map(({ error }) => error)).toEqual(['suppressed', 'withdrawn', 'erased']);
  });

  it('is shared by senders that join in, and mails everybody once', async () => {
    const database = await prepare();
    const { server, transport } = await sendgrid({ fault: () => ({ kind: 'slow', milliseconds: 15 }) });
    const results = await Promise.all(
      [1, 2, 3].map(() => send(database, 'launch', transport, { batchSize: 3 })),
    );
    for (const result of results) expect(result).toMatchObject({ accepted: PEOPLE, pending: 0 });
    expect(server.accepted.map((mail) => mail.email).toSorted()).toEqual(
      Array.from({ length: PEOPLE }, (_, index) => `c${index + 1}@people.test`).toSorted(),
    );
  });

  it('stops at its limit and goes on where it stopped', async () => {
    const database = await prepare();
    const { server, transport } = await sendgrid();
    expect(await send(database, 'launch', transport, { limit: 13 })).toMatchObject({
      accepted: 13,
      pending: 27,
      end: 'limit',
    });
    expect(server.accepted).toHaveLength(13);
    expect(await send(database, 'launch', transport)).toMatchObject({ accepted: PEOPLE, end: 'finished' });
  });

  it('stops within a second when another terminal pauses it, and goes on after resume', async () => {
    const database = await prepare({ rate: 20 });
    const { server, transport } = await sendgrid();
    const dependencies = {
      database,
      clock: systemClock,
      config: CONFIG,
      keyring: KEYRING,
      run: RUN,
      dryRun: false,
    };
    const sending = send(database, 'launch', transport);
    await expect.poll(() => server.accepted.length).toBeGreaterThan(4);
    await changeCampaign('launch', 'pause', null, dependencies);
    const pausedAt = Date.now();
    const result = await sending;
    expect(Date.now() - pausedAt).toBeLessThan(1_000);
    expect(result).toMatchObject({ status: 'paused', end: 'stopped' });
    expect(await statesOf(database, 'launch')).toEqual({
      accepted: result.accepted,
      pending: PEOPLE - result.accepted,
    });
    await changeCampaign('launch', 'resume', null, dependencies);
    expect(await send(database, 'launch', transport, { rate: 1_000 })).toMatchObject({ accepted: PEOPLE });
  });

  it('settles what is in flight when it is interrupted', async () => {
    const database = await prepare();
    const { server, transport } = await sendgrid({ fault: () => ({ kind: 'slow', milliseconds: 100 }) });
    const controller = new AbortController();
    const sending = send(database, 'launch', transport, {}, { signal: controller.signal });
    await new Promise((resolve) => setTimeout(resolve, 50));
    controller.abort();
    const result = await sending;
    expect(result).toMatchObject({ end: 'interrupted', in_doubt: 0 });
    expect(result.accepted).toBe(server.accepted.length);
    expect(result.accepted + result.pending).toBe(PEOPLE);
  });

  it('pauses the campaign after too many refusals', async () => {
    const database = await prepare();
    const { transport } = await smtp(() => ({ at: 'rcpt', code: 550 }));
    const result = await send(database, 'launch', transport, { concurrency: 1, batchSize: 5, maxErrors: 7 });
    expect(result).toMatchObject({ status: 'paused', refused: 10, pending: 30, end: 'max_errors' });
  });

  it('holds mails in quiet hours instead of dropping them', async () => {
    const hour = new Date().getUTCHours();
    const at = (offset: number) => `${String((hour + offset + 24) % 24).padStart(2, '0')}:00`;
    const database = await prepare({ quietHours: `${at(-1)}-${at(2)}` });
    await database.queries
      .updateTable('customers')
      .set({ timezone: 'Asia/Tokyo' })
      .where('customer_id', '<=', 'C-0000010')
      .execute();
    const { transport } = await sendgrid();
    const result = await send(database, 'launch', transport);
    expect(result).toMatchObject({ accepted: 10, pending: 30, skipped: 0, end: 'held', status: 'sending' });
    expect(Date.parse(result.held_until ?? '')).toBeGreaterThan(Date.now() + 3_600_000);
  });

  it('gives back what a dead sender had claimed, and doubts what it was sending', async () => {
    const database = await prepare();
    const sender = {
      campaign_id: 1,
      transport: 'sendgrid',
      target: 'x',
      host: 'h',
      process_id: 1,
      started_at: systemClock.now(),
    };
    const { id } = await database.queries
      .insertInto('senders')
      .values(sender)
      .returning('id')
      .executeTakeFirstOrThrow();
    const mark = (status: 'claimed' | 'sending', from: number, to: number) =>
      database.queries
        .updateTable('deliveries')
        .set({ status, sender_id: id })
        .where('id', '>=', from)
        .where('id', '<=', to)
        .execute();
    await mark('claimed', 1, 5);
    await mark('sending', 6, 8);
    expect(await recoverSenders(database, systemClock, undefined)).toEqual({
      senders: 1,
      released: 5,
      inDoubt: 3,
    });
    expect(await statesOf(database, 'launch')).toEqual({ pending: 37, in_doubt: 3 });
    expect(await recoverSenders(database, systemClock, undefined)).toEqual({
      senders: 0,
      released: 0,
      inDoubt: 0,
    });
  });

  it('settles the doubts of a dead outbox sender by its files', async () => {
    const database = await prepare();
    const folder = await outboxFolder();
    const transport: Transport = await openTestTransport({ outbox: folder });
    const sender = {
      campaign_id: 1,
      transport: 'outbox',
      target: transport.target,
      host: 'test-host',
      process_id: 1,
    };
    const { id } = await database.queries
      .insertInto('senders')
      .values({ ...sender, started_at: systemClock.now(), stopped_at: systemClock.now() })
      .returning('id')
      .executeTakeFirstOrThrow();
    await send(database, 'launch', transport, { limit: 5, concurrency: 1 });
    await database.queries
      .updateTable('deliveries')
      .set({ status: 'in_doubt', sender_id: id })
      .where('id', '<=', 8)
      .execute();
    const campaign = { id: 1, slug: 'launch' };
    expect(await settleByEvidence(database, systemClock, campaign, transport, 'other-host')).toBe(0);
    expect(await settleByEvidence(database, systemClock, campaign, transport, 'test-host')).toBe(8);
    expect(await statesOf(database, 'launch')).toEqual({ accepted: 5, pending: 35 });
  });

  it('writes every mail into an outbox that holds those of another database with the same keys', async () => {
    const folder = await outboxFolder();
    for (const instance of ['a'.repeat(64), 'b'.repeat(64)]) {
      const database = await prepare();
      const meta = database.queries.updateTable('meta').set({ value: instance });
      await meta.where('name', '=', 'instance_id').execute();
      const result = await send(database, 'launch', await openTestTransport({ outbox: folder }));
      expect(result.accepted).toBe(PEOPLE);
    }
    expect(await readdir(join(folder, 'launch'))).toHaveLength(2 * PEOPLE);
  });

  it('refuses a plan that has changed, an empty audience and a contest that is over', async () => {
    const database = await open();
    await createAudience(database, 3);
    await createTestCampaign(database, 'launch');
    await createTestCampaign(database, 'nobody', { where: ['customer_id = X'] });
    const dependencies = { database, clock: systemClock, config: CONFIG, keyring: KEYRING, run: RUN };
    const start = (slug: string) =>
      startCampaign(slug, { digest: '00', transport: 'outbox', dryRun: false }, dependencies);
    await expect(start('launch')).rejects.toMatchObject({ code: 'plan_changed' });
    await expect(start('nobody')).rejects.toMatchObject({ code: 'state_forbids' });
    await database.queries.updateTable('contests').set({ status: 'ended' }).execute();
    await expect(freeze(database, 'launch')).rejects.toMatchObject({ code: 'state_forbids' });
    expect(await database.queries.selectFrom('deliveries').selectAll().execute()).toEqual([]);
  });
});
