import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { resolveDoubts } from '../src/core/campaigns/resolve-deliveries.ts';
import { systemClock } from '../src/core/clock.ts';
import type { Database } from '../src/core/database/database.ts';
import type { Transport } from '../src/core/delivery/transport.ts';
import { ReferralError } from '../src/core/errors.ts';
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
import { KILL_POINTS } from './children/kill-points.ts';
import { type Child, startChild } from './children/start-child.ts';
import { seeded } from './servers/seeded.ts';
import {
  isRefused,
  type SoakProvider,
  type SoakTransport,
  startSoakProvider,
} from './servers/soak-provider.ts';

export interface SoakOptions {
  readonly database: Database;
  readonly url: string;
  readonly transport: SoakTransport;
  readonly kills: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly log?: (line: string) => void;
}

export interface SoakResult {
  readonly kills: number;
  /** How many of them where: at a named point, or at any time. */
  readonly killsByPoint: Readonly<Record<string, number>>;
  readonly campaigns: number;
  /** Deliveries of all campaigns. */
  readonly deliveries: number;
  /** Recipients whom the provider took more than once. */
  readonly duplicates: number;
  /** Recipients who are in no final state, or whose state is not what the provider knows. */
  readonly unaccounted: number;
  /** Most deliveries of a campaign in doubt, before its events were imported. */
  readonly maxInDoubt: number;
  /** Most deliveries that one killed sender left in doubt. */
  readonly maxInDoubtPerKill: number;
  readonly settledByEvents: number;
  readonly settledByWord: number;
}

// The provider kills where only it can: it has taken the mails and has not answered yet.
const TAKEN = 'provider has taken';
const POINTS = [...KILL_POINTS, TAKEN] as const;
const ANY_TIME = 'any time';
type Moment = (typeof POINTS)[number] | typeof ANY_TIME;
// Of twenty kills fourteen are at the named points, one at each, and six at any time.
const AT_ANY_TIME = 6;
const SENDERS = 2;

/**
 * Sends campaign after campaign with two senders that are killed again and again, at named points and at any time, over a
 * provider that fails in every way, and compares person by person what the provider took with what the database says.
 */
export async function soakSend(options: SoakOptions): Promise<SoakResult> {
  const random = seeded(options.seed);
  const kills = new Map<Moment, number>([...POINTS, ANY_TIME as Moment].map((moment) => [moment, 0]));
  const total = () => [...kills.values()].reduce((sum, count) => sum + count, 0);
  const moments = planMoments(random);
  const result = { deliveries: 0, duplicates: 0, unaccounted: 0, settledByEvents: 0, settledByWord: 0 };
  let maxInDoubt = 0;
  let maxInDoubtPerKill = 0;
  let campaigns = 0;
  while (total() < options.kills) {
    campaigns += 1;
    const slug = `soak-${options.transport}-${options.seed}-${campaigns}`;
    await createTestCampaign(options.database, slug);
    await freeze(options.database, slug);
    const found = await soakCampaign(options, slug, random, {
      kills,
      moments,
      enough: () => total() >= options.kills,
    });
    for (const key of Object.keys(result) as (keyof typeof result)[]) result[key] += found[key];
    maxInDoubt = Math.max(maxInDoubt, found.inDoubt);
    maxInDoubtPerKill = Math.max(maxInDoubtPerKill, found.inDoubtPerKill);
    options.log?.(`${slug}: ${total()} kills so far, ${JSON.stringify(found)}`);
  }
  const killsByPoint = Object.fromEntries(kills);
  return { kills: total(), killsByPoint, campaigns, maxInDoubt, maxInDoubtPerKill, ...result };
}

interface Killing {
  readonly kills: Map<Moment, number>;
  readonly moments: Moments;
  readonly enough: () => boolean;
}

async function soakCampaign(
  options: SoakOptions,
  slug: string,
  random: () => number,
  { kills, moments, enough }: Killing,
): Promise<Found> {
  // Who is to be killed by the provider, and after how many times that it took something from them.
  const condemned = new Map<string, { child: Child; times: number }>();
  const taken = (sender: string): void => {
    const victim = condemned.get(sender);
    if (victim === undefined) return;
    victim.times -= 1;
    if (victim.times === 0) victim.child.process.kill('SIGKILL');
  };
  const provider = await startSoakProvider(options.transport, { random, taken });
  try {
    const lane = async (name: string): Promise<void> => {
      while (!enough() && ((await statesOf(options.database, slug))['pending'] ?? 0) > 0) {
        const moment = moments.take();
        const child = startSender(options, slug, provider, name, moment, random);
        if (moment === TAKEN) condemned.set(name, { child, times: nth(random) });
        await Promise.race([child.ready, child.ended]);
        if (moment === ANY_TIME) {
          await Promise.race([sleep(random() * 250), child.ended]);
          child.process.kill('SIGKILL');
        }
        const code = await child.ended;
        condemned.delete(name);
        if (code === null) kills.set(moment, (kills.get(moment) ?? 0) + 1);
        else moments.giveBack(moment);
        // On a machine that stands still for seconds a sender may lose its database; it says so, and the next one goes on.
        const isFailed = code !== null && code !== 0 && !child.output().includes('database_unreachable');
        if (isFailed) throw new Error(`a sender failed: ${child.output()}`);
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, (_, index) => lane(`sender${index + 1}`)));
    return await settleAndCheck(options, slug, provider);
  } finally {
    await provider.close();
  }
}

function nth(random: () => number): number {
  return 1 + Math.floor(random() * 4);
}

interface Moments {
  take(): Moment;
  /** The sender came to its end before the moment. */
  giveBack(moment: Moment): void;
}

/** When to kill: round after round every named point, in any order, and then some at any time. */
function planMoments(random: () => number): Moments {
  const left: Moment[] = [];
  return {
    take() {
      if (left.length === 0) {
        const shuffled = POINTS.map((point) => ({ point, at: random() })).sort((a, b) => a.at - b.at);
        left.push(...shuffled.map(({ point }) => point), ...Array(AT_ANY_TIME).fill(ANY_TIME));
      }
      return left.shift() ?? ANY_TIME;
    },
    giveBack(moment) {
      left.unshift(moment);
    },
  };
}

function startSender(
  { url, transport, batchSize }: SoakOptions,
  slug: string,
  provider: SoakProvider,
  name: string,
  moment: Moment,
  random: () => number,
): Child {
  const killsItself = moment !== ANY_TIME && moment !== TAKEN;
  const words = [url, slug, transport, provider.addressFor(name), name, String(batchSize)];
  return startChild('send.ts', [
    ...words,
    ...(killsItself ? [moment, String(nth(random)), String(random() * 30)] : []),
  ]);
}

interface Found {
  readonly deliveries: number;
  readonly duplicates: number;
  readonly unaccounted: number;
  readonly inDoubt: number;
  readonly inDoubtPerKill: number;
  readonly settledByEvents: number;
  readonly settledByWord: number;
}

async function settleAndCheck(options: SoakOptions, slug: string, provider: SoakProvider): Promise<Found> {
  const { database } = options;
  // The dead are found at the start of a send; what they held goes on or is in doubt.
  await sendRest(options, slug, provider);
  const inDoubt = await countDoubts(database, slug);
  const inDoubtPerKill = await findMostDoubts(database, slug);
  const settledByEvents = await settleByProvider(database, provider);
  const settledByWord = await countDoubts(database, slug);
  // The provider has told of everything it took: what is still in doubt never arrived.
  while ((await countDoubts(database, slug)) > 0) {
    await resolveDoubts(slug, 'resend', { database, clock: systemClock, run: RUN, dryRun: false });
    await sendRest(options, slug, provider);
    await settleByProvider(database, provider);
  }
  const counts = await countWrong(database, slug, provider.taken());
  return { ...counts, inDoubt, inDoubtPerKill, settledByEvents, settledByWord };
}

async function countDoubts(database: Database, slug: string): Promise<number> {
  return (await statesOf(database, slug))['in_doubt'] ?? 0;
}

/** Most deliveries that one sender was sending when it died; replies that were lost to it while it lived do not count. */
async function findMostDoubts(database: Database, slug: string): Promise<number> {
  const rows = await database.queries
    .selectFrom('deliveries as d')
    .innerJoin('campaigns as c', 'c.id', 'd.campaign_id')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('c.slug', '=', slug)
    .where('d.status', '=', 'in_doubt')
    .where('d.error', 'like', 'the sending process%')
    .groupBy('d.sender_id')
    .execute();
  return Math.max(0, ...rows.map(({ count }) => Number(count)));
}

/** Sends until nothing is pending, and waits until the provider has nothing more in its hands. */
async function sendRest(
  { database, transport: kind, batchSize }: SoakOptions,
  slug: string,
  provider: SoakProvider,
): Promise<void> {
  const address = provider.addressFor('rest');
  for (;;) {
    const transport: Transport = await openTestTransport(
      kind === 'smtp' ? { smtp: address } : { sendgrid: address },
    );
    try {
      const { failure, pending } = await send(database, slug, transport, { batchSize }).catch(goOnWhenLost);
      if (failure === undefined && pending === 0) break;
    } finally {
      await transport.close();
    }
  }
  await provider.quiet();
}

function goOnWhenLost(error: unknown): { failure: unknown; pending: number } {
  if (error instanceof ReferralError && error.code === 'database_unreachable')
    return { failure: error, pending: 1 };
  throw error;
}

async function settleByProvider(database: Database, provider: SoakProvider): Promise<number> {
  const bytes = Readable.from([Buffer.from(JSON.stringify(provider.events()))]);
  const { signal } = new AbortController();
  const dependencies = { database, clock: systemClock, keyring: KEYRING, run: RUN, signal };
  const { settled } = await importEvents(bytes, { ...dependencies, dryRun: false, verifyKey: undefined });
  return settled;
}

/** Compares, person by person: who is accepted was mailed once, who is refused never, and nobody is in any other state. */
async function countWrong(database: Database, slug: string, taken: readonly string[]) {
  const times = new Map<string, number>();
  for (const email of taken) times.set(email, (times.get(email) ?? 0) + 1);
  const deliveries = await database.queries
    .selectFrom('deliveries as d')
    .innerJoin('campaigns as c', 'c.id', 'd.campaign_id')
    .select(['d.email', 'd.status'])
    .where('c.slug', '=', slug)
    .execute();
  const wrong = deliveries.filter(({ email, status }) => {
    const isMailed = times.has(email ?? '');
    return isRefused(email ?? '') ? isMailed || status !== 'refused' : !isMailed || status !== 'accepted';
  });
  const duplicates = [...times.values()].filter((count) => count > 1).length;
  return { deliveries: deliveries.length, duplicates, unaccounted: wrong.length };
}
