/*
 * Mails per second by transport, every delivery recorded durably, beside the plain loops of the official client and of
 * nodemailer's pool, which record nothing, and how many times as fast: `node bench/send.ts [sqlite|postgres] [mails] [template] [way]`; with a way, such as `sendgrid`, only those of
 * that name. The peers run before and after ours, with 3,000 mails, and their faster run counts.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport as createNodemailer } from 'nodemailer';
import { getCampaign } from '../src/core/campaigns/get-campaign.ts';
import { loadCampaignMessages } from '../src/core/campaigns/load-campaign-messages.ts';
import { planCampaign } from '../src/core/campaigns/plan-campaign.ts';
import { systemClock } from '../src/core/clock.ts';
import type { Database } from '../src/core/database/database.ts';
import { fillSlots, joinSlotText } from '../src/core/templates/message-program.ts';
import { sampleValues } from '../src/core/templates/variables.ts';
import {
  CONFIG,
  createAudience,
  createTestCampaign,
  freeze,
  KEYRING,
  openTestTransport,
  send,
} from '../test/campaign-fixture.ts';
import { usingBenchDatabase } from './bench-database.ts';
import { type Took, timed } from './pauses.ts';
import { type Sinks, usingSinks } from './using-sinks.ts';

const [which = 'sqlite', count = '20000'] = process.argv.slice(2);
const mails = Number(count);
const template = process.argv[4] ?? 'launch';
const wanted = process.argv[5] ?? '';

// CPU time per mail, by name: what other programs on the machine change least.
const costs = new Map<string, number>();

/** Prints mails per second, what each cost this process, and what it had to wait for; gives the former. */
function report(name: string, done: number, took: Took): number {
  const rate = Math.round(done / took.seconds);
  const cost = ((took.cpu / done) * 1e6).toFixed(1);
  const waits = [`queued ${took.queued.toFixed(1)} s`, `longest turn ${took.longestTurn.toFixed(2)} s`];
  if (took.stopped > 0.05) waits.push(`stopped ${took.stopped.toFixed(1)} s, not counted`);
  console.log(
    `${name.padEnd(40)} ${String(rate).padStart(7)}/s in ${took.seconds.toFixed(1).padStart(5)} s ${cost.padStart(7)} µs of CPU each; ${waits.join(', ')}`,
  );
  costs.set(name, Math.min(took.cpu / done, costs.get(name) ?? Number.POSITIVE_INFINITY));
  return rate;
}

async function measure(database: Database, sinks: Sinks): Promise<void> {
  await createAudience(database, mails);
  const folder = await mkdtemp(join(tmpdir(), 'referral-bench-outbox-'));
  const ways = [
    { name: 'outbox', where: { outbox: folder }, options: { concurrency: 1, batchSize: 100 } },
    { name: 'smtp', where: { smtp: sinks.smtp }, options: { concurrency: 1, batchSize: 100 } },
    {
      name: 'sendgrid, batches of 100',
      where: { sendgrid: sinks.sendgrid },
      options: { concurrency: 4, batchSize: 100 },
    },
    {
      name: 'sendgrid, batches of 1000',
      where: { sendgrid: sinks.sendgrid },
      options: { concurrency: 4, batchSize: 1_000 },
    },
  ];
  const rates = new Map<string, number>();
  for (const [index, { name, where, options }] of ways.filter((way) => way.name.includes(wanted)).entries()) {
    const slug = `bench-${index}`;
    await createTestCampaign(database, slug, { template });
    const campaign = await getCampaign(database.queries, slug);
    if (index === 0) {
      const dependencies = { clock: systemClock, config: CONFIG, keyring: KEYRING };
      report('plan', mails, await timed(() => planCampaign(database.queries, campaign, dependencies)));
      report('plan and freeze', mails, await timed(() => freeze(database, slug)));
    } else await freeze(database, slug);
    const transport = await openTestTransport(where, 4);
    if (index === 0) await comparePeers(database, sinks, rates);
    rates.set(name, report(name, mails, await timed(() => send(database, slug, transport, options))));
    await transport.close();
  }
  await comparePeers(database, sinks, rates);
  const ratio = (ours: string, peer: string): void => {
    const rate = rates.get(ours);
    if (rate === undefined) return;
    console.log(
      `${ours} / ${peer}: ${(rate / (rates.get(peer) ?? 1)).toFixed(1)}, by CPU time ${((costs.get(peer) ?? 0) / (costs.get(ours) ?? 1)).toFixed(1)}`,
    );
  };
  ratio('sendgrid, batches of 1000', CLIENT);
  ratio('sendgrid, batches of 100', CLIENT);
  ratio('smtp', POOL);
  console.log(`resident ${Math.round(process.memoryUsage().rss / 1e6)} MB`);
  await rm(folder, { recursive: true, force: true });
}

const CLIENT = 'official client, one request per mail';
const POOL = 'nodemailer pool, 4 connections';

/** The loops that people write: one request or one message per mail, nothing recorded. */
async function comparePeers(database: Database, sinks: Sinks, rates: Map<string, number>): Promise<void> {
  const keep = (name: string, rate: number): void => {
    rates.set(name, Math.max(rate, rates.get(name) ?? 0));
  };
  const campaign = await getCampaign(database.queries, 'bench-0');
  const { byVariant } = await loadCampaignMessages(database.queries, campaign);
  const program = [...byVariant.values()][0]?.program;
  if (program === undefined) return;
  const filled = fillSlots(program, sampleValues());
  const [subject, text, html] = [program.subject, program.text, program.html].map((part) =>
    joinSlotText(part, filled),
  );
  const content = {
    from: 'contest@example.test',
    subject: subject ?? '',
    text: text ?? '',
    html: html ?? '',
  };
  const some = Math.min(mails, 3_000);
  const { default: client } = await import('@sendgrid/client');
  const { MailService } = (await import('@sendgrid/mail')).default as never as {
    MailService: new () => { setClient(client: unknown): void; send(mail: object): Promise<unknown> };
  };
  client.setApiKey('SG.bench');
  client.setDefaultRequest('baseUrl', sinks.sendgrid);
  const service = new MailService();
  service.setClient(client);
  const clientTook = await timed(async () => {
    for (let index = 0; index < some; index += 1)
      await service.send({ ...content, to: `c${index}@people.test` });
  });
  keep(CLIENT, report(CLIENT, some, clientTook));
  const { hostname, port } = new URL(sinks.smtp);
  const pool = createNodemailer({
    host: hostname,
    port: Number(port),
    pool: true,
    maxConnections: 4,
    maxMessages: 1_000_000,
    ignoreTLS: true,
  });
  const poolTook = await timed(() =>
    Promise.all(
      Array.from({ length: some }, (_, index) => pool.sendMail({ ...content, to: `c${index}@people.test` })),
    ),
  );
  keep(POOL, report(POOL, some, poolTook));
  pool.close();
}

await usingSinks(0, (sinks) =>
  usingBenchDatabase(which === 'postgres' ? 'postgres' : 'sqlite', (database) => measure(database, sinks)),
);
