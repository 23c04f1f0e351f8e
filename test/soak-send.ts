import { setTimeout as sleep } from 'node:timers/promises';
import { resolveDoubts } from '../src/core/campaigns/resolve-deliveries.ts';
import { systemClock } from '../src/core/clock.ts';
import type { Database } from '../src/core/database/database.ts';
import type { Checkpoint } from '../src/core/delivery/send-loop.ts';
import { importEvents } from '../src/core/events/import-events.ts';
import {
  createTestCampaign,
  freeze,
  KEYRING,
  openTestTransport,
  RUN,
  send,
  statesOf,
} from './campaign-fixture.ts';
import { type Child, startChild } from './children/start-child.ts';
import { seeded } from './servers/seeded.ts';
import { type SendgridFault, type SendgridServer, startSendgridServer } from './servers/sendgrid-server.ts';

export interface SoakOptions {
  readonly database: Database;
  readonly url: string;
  readonly kills: number;
  readonly recipients: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly log?: (line: string) => void;
}

export interface SoakResult {
  readonly kills: number;
  readonly campaigns: number;
  readonly recipients: number;
  /** Recipients whom the provider took more than once. */
  readonly duplicates: number;
  /** Recipients who are in no final state, or whose state is not what the provider knows. */
  readonly unaccounted: number;
  /** Most deliveries in doubt after a campaign, before its events were imported. */
  readonly maxInDoubt: number;
  readonly settledByEvents: number;
  readonly settledByWord: number;
}

const CHECKPOINTS: readonly Checkpoint[] = ['claimed', 'sending', 'delivered', 'settled'];
const SENDERS = 2;

/**
 * Sends campaign after campaign with two senders that are killed again and again, at named points and at any time, over a
 * provider that loses replies, and compares what the provider took with what the database says.
 */
export async function soakSend(options: SoakOptions): Promise<SoakResult> {
  const random = seeded(options.seed);
  const result = { duplicates: 0, unaccounted: 0, maxInDoubt: 0, settledByEvents: 0, settledByWord: 0 };
  let kills = 0;
  let campaigns = 0;
  while (kills < options.kills) {
    campaigns += 1;
    const slug = `soak-${options.seed}-${campaigns}`;
    const server = await startSendgridServer({ fault: faults(random), keepBodies: false });
    try {
      await createTestCampaign(options.database, slug);
      await freeze(options.database, slug);
      kills += await sendWhileKilling(options, slug, server, random, options.kills - kills);
      const found = await settleAndCheck(options, slug, server);
      result.duplicates += found.duplicates;
      result.unaccounted += found.unaccounted;
      result.settledByEvents += found.settledByEvents;
      result.settledByWord += found.settledByWord;
      result.maxInDoubt = Math.max(result.maxInDoubt, found.inDoubt);
      options.log?.(`${slug}: ${kills} kills so far, ${JSON.stringify(found)}`);
    } finally {
      await server.close();
    }
  }
  return { kills, campaigns, recipients: options.recipients, ...result };
}

/** 3 % of the replies are lost; some requests are refused for now, fail, are slow, or are cut off before they are taken. */
function faults(random: () => number): () => SendgridFault | undefined {
  return () => {
    const dice = random();
    if (dice < 0.03) return { kind: 'lost_reply' };
    if (dice < 0.04) return { kind: 'reset' };
    if (dice < 0.05) return { kind: 'status', status: 500 };
    if (dice < 0.06) return { kind: 'status', status: 500, accepts: true };
    if (dice < 0.08) return { kind: 'status', status: 429, headers: { 'retry-after': '0.1' } };
    if (dice < 0.09) return { kind: 'status', status: 503, headers: { 'retry-after': '0.1' } };
    return { kind: 'slow', milliseconds: random() * 60 };
  };
}

async function sendWhileKilling(
  { database, url, batchSize }: SoakOptions,
  slug: string,
  server: SendgridServer,
  random: () => number,
  wanted: number,
): Promise<number> {
  let kills = 0;
  const lane = async (): Promise<void> => {
    while (kills < wanted && ((await statesOf(database, slug))['pending'] ?? 0) > 0) {
      const byItself = random() < 0.4;
      const point = CHECKPOINTS[Math.floor(random() * CHECKPOINTS.length)] ?? 'sending';
      const nth = String(1 + Math.floor(random() * 4));
      const words = [url, slug, server.url, String(batchSize), ...(byItself ? [point, nth] : [])];
      const child: Child = startChild('send.ts', words);
      await Promise.race([child.ready, child.ended]);
      if (!byItself) {
        await Promise.race([sleep(random() * 250), child.ended]);
        child.process.kill('SIGKILL');
      }
      if ((await child.ended) === null) kills += 1;
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, lane));
  return kills;
}

async function settleAndCheck({ database, recipients }: SoakOptions, slug: string, server: SendgridServer) {
  const transport = await openTestTransport({ sendgrid: server.url });
  try {
    // The dead are found at the start of a send; what they held goes on or is in doubt.
    await sendAll(database, slug, transport);
    const inDoubt = (await statesOf(database, slug))['in_doubt'] ?? 0;
    const settledByEvents = await settleByServer(database, server);
    const left = (await statesOf(database, slug))['in_doubt'] ?? 0;
    // The provider's events tell of everything it took: what is still in doubt never arrived.
    for (let open = left; open > 0; ) {
      await resolveDoubts(slug, 'resend', { database, clock: systemClock, run: RUN, dryRun: false });
      await sendAll(database, slug, transport);
      await settleByServer(database, server);
      open = (await statesOf(database, slug))['in_doubt'] ?? 0;
    }
    const states = await statesOf(database, slug);
    const taken = new Map<string, number>();
    for (const { email } of server.accepted) taken.set(email, (taken.get(email) ?? 0) + 1);
    const duplicates = [...taken.values()].filter((count) => count > 1).length;
    const accepted = states['accepted'] ?? 0;
    const unaccounted = Math.abs(recipients - accepted) + Math.abs(recipients - taken.size);
    return { duplicates, unaccounted, inDoubt, settledByEvents, settledByWord: left };
  } finally {
    await transport.close();
  }
}

async function sendAll(
  database: Database,
  slug: string,
  transport: Awaited<ReturnType<typeof openTestTransport>>,
) {
  for (;;) {
    const { failure, pending } = await send(database, slug, transport, { batchSize: 10 });
    if (failure === undefined && pending === 0) return;
  }
}

async function settleByServer(database: Database, server: SendgridServer): Promise<number> {
  const bytes = (async function* () {
    yield Buffer.from(JSON.stringify(server.events()));
  })();
  const dependencies = { database, clock: systemClock, keyring: KEYRING, run: RUN };
  const { settled } = await importEvents(bytes, { ...dependencies, dryRun: false, verifyKey: undefined });
  return settled;
}
