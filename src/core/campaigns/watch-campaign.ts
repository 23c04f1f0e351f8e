import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import type { CampaignStatus, DeliveryStatus } from '../database/tables.ts';
import type { Instant } from '../time.ts';
import { countBySender, listSenders } from './campaign-figures-queries.ts';
import { getCampaign } from './get-campaign.ts';
import { type DeliveryTotals, totalDeliveries } from './total-deliveries.ts';

export interface WatchedSender {
  readonly id: number;
  readonly host: string;
  readonly process_id: number;
  readonly transport: string;
  readonly accepted: number;
  /** Mails that it has got an answer for, per second. */
  readonly rate: number;
}

/** Where a campaign stands at one moment. */
export interface WatchFrame extends DeliveryTotals {
  readonly at: Instant;
  readonly campaign: string;
  readonly status: CampaignStatus;
  /** Of all senders together. */
  readonly rate: number;
  /** Until nothing is pending at this rate; null while nobody sends. */
  readonly seconds_left: number | null;
  readonly senders: readonly WatchedSender[];
}

export interface WatchOptions {
  readonly queries: Queries;
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly signal: AbortSignal;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

// Rates are those of the last seconds, not of the last look: batches come in bursts.
const RATE_OVER_MS = 10_000;
// Looking may take a tenth of the time, so that senders of a large campaign have the database for themselves.
const PAUSE_PER_LOOK = 9;
const ENDED: ReadonlySet<CampaignStatus> = new Set(['sent', 'cancelled']);

interface Look {
  readonly time: number;
  /** Answers by sender. */
  readonly handled: ReadonlyMap<number, number>;
}

/** Looks at a campaign again and again, until it has ended or the signal comes. Reads only. Throws `not_found`. */
export async function* watchCampaign(slug: string, options: WatchOptions): AsyncGenerator<WatchFrame> {
  const { queries, clock, intervalMs, signal, sleep } = options;
  const looks: Look[] = [];
  for (;;) {
    const begun = clock.milliseconds();
    const frame = await look(queries, slug, clock, looks);
    yield frame;
    if (ENDED.has(frame.status) || signal.aborted) return;
    const cost = clock.milliseconds() - begun;
    await sleep(Math.max(intervalMs, PAUSE_PER_LOOK * cost), signal);
    if (signal.aborted) return;
  }
}

async function look(queries: Queries, slug: string, clock: Clock, looks: Look[]): Promise<WatchFrame> {
  const campaign = await getCampaign(queries, slug);
  const counts = await countBySender(queries, campaign.id);
  const open = await listSenders(queries, campaign.id);
  const time = clock.milliseconds();
  const byStatus = new Map<DeliveryStatus, number>();
  const accepted = new Map<number, number>();
  const handled = new Map<number, number>();
  for (const { sender_id, status, count } of counts) {
    add(byStatus, status, count);
    if (sender_id === null) continue;
    if (status === 'accepted') add(accepted, sender_id, count);
    if (status === 'accepted' || status === 'refused' || status === 'in_doubt')
      add(handled, sender_id, count);
  }
  looks.push({ time, handled });
  while ((looks[1]?.time ?? time) <= time - RATE_OVER_MS) looks.shift();
  const totals = totalDeliveries(byStatus);
  const senders = open.map(({ id, host, process_id, transport, started_at }) => {
    const rate = rateOf(id, handled, looks[0], time, Date.parse(started_at));
    return { id, host, process_id, transport, accepted: accepted.get(id) ?? 0, rate };
  });
  const rate = round(senders.reduce((sum, sender) => sum + sender.rate, 0));
  return {
    ...{ at: clock.now(), campaign: slug, status: campaign.status, ...totals, rate },
    seconds_left: rate > 0 ? Math.ceil(totals.pending / rate) : null,
    senders,
  };
}

/** Since the look of some seconds ago; at first, since the sender began. */
function rateOf(
  id: number,
  handled: ReadonlyMap<number, number>,
  earlier: Look | undefined,
  time: number,
  startedAt: number,
): number {
  const isFirst = earlier === undefined || earlier.time === time;
  const since = Math.max(startedAt, isFirst ? 0 : earlier.time);
  const before = isFirst ? 0 : (earlier.handled.get(id) ?? 0);
  const seconds = (time - since) / 1_000;
  return seconds > 0 ? round(Math.max(0, (handled.get(id) ?? 0) - before) / seconds) : 0;
}

function add<Key>(counts: Map<Key, number>, key: Key, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

function round(rate: number): number {
  return Math.round(rate * 10) / 10;
}
