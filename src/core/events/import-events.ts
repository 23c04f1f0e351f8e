import type { KeyObject } from 'node:crypto';
import type { Readable } from 'node:stream';
import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import type { Database, Queries } from '../database/database.ts';
import type { EventType } from '../database/tables.ts';
import { isTestReference } from '../delivery/test-reference.ts';
import { endOnAbort } from '../end-on-abort.ts';
import { ReferralError } from '../errors.ts';
import type { Keyring } from '../settings/keyring.ts';
import { suppressAddresses } from '../suppressions/suppress-addresses.ts';
import { findInstanceId, insertEvents, settleByEvents, withdrawConsent } from './event-queries.ts';
import { evidenceOf } from './evidence-of.ts';
import { matchDeliveries } from './match-deliveries.ts';
import type { ProviderEvent } from './provider-event.ts';
import { readEntries } from './read-entries.ts';

export interface ImportDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly run: Run;
  readonly dryRun: boolean;
  /** Ends it after the batch in hand. */
  readonly signal: AbortSignal;
  /** Only events in bodies signed with this key are taken. */
  readonly verifyKey: KeyObject | undefined;
  readonly onProgress?: (events: number) => void;
}

export interface ImportedEvents {
  /** Entries read, rejected ones included. */
  readonly events: number;
  readonly new: number;
  readonly duplicates: number;
  /** Of the new ones. */
  readonly matched: number;
  readonly unmatched: number;
  readonly rejected: number;
  /** About mails of `campaigns test`: left out of everything else. */
  readonly tests: number;
  /** Of the new ones. */
  readonly by_type: Readonly<Partial<Record<EventType, number>>>;
  /** Deliveries that were open and are settled by this evidence. */
  readonly settled: number;
  /** Addresses that will not be mailed again. */
  readonly suppressed: number;
  /** Customers whose consent is withdrawn by it. */
  readonly withdrawn: number;
}

const BATCH = 1_000;
const SOURCE = 'sendgrid';

/**
 * Takes in what the provider reports. An event counts once however often it comes; evidence settles what was in doubt;
 * unsubscribes, complaints and hard bounces are never mailed again. Throws `input_unusable` before anything is changed, and
 * `interrupted` when the signal ended it: what was taken in until then stays, and is on record.
 */
export async function importEvents(
  bytes: Readable,
  dependencies: ImportDependencies,
): Promise<ImportedEvents> {
  const { database, clock, run, dryRun, verifyKey, signal } = dependencies;
  const tally = createTally();
  endOnAbort(bytes, signal, () => interrupted(tally.events, dryRun));
  const importAll = async (
    inBatch: (work: (trx: Queries) => Promise<void>) => Promise<void>,
  ): Promise<void> => {
    try {
      for await (const batch of inBatches(readEntries(bytes, verifyKey), tally)) {
        await inBatch((trx) => importBatch(trx, batch, dependencies, tally));
        dependencies.onProgress?.(tally.events);
        if (signal.aborted) break;
      }
    } catch (error) {
      // What was taken in goes on record all the same.
      if (!isInterrupted(error)) throw error;
    }
  };
  if (dryRun) {
    await database.transaction((trx) => importAll((work) => work(trx)), { rollback: true });
  } else {
    await importAll((work) => database.transaction(work));
    await database.transaction((trx) =>
      appendAudit(trx, clock, run, {
        action: 'events.imported',
        subject: SOURCE,
        details: { ...resultOf(tally) },
      }),
    );
  }
  if (signal.aborted) throw interrupted(tally.events, dryRun);
  return resultOf(tally);
}

function isInterrupted(error: unknown): boolean {
  return error instanceof ReferralError && error.code === 'interrupted';
}

function interrupted(events: number, dryRun: boolean): ReferralError {
  return new ReferralError('interrupted', `the import was interrupted after ${events} events`, {
    reason: dryRun ? 'Nothing was changed.' : 'What was taken in until then stays.',
    hint: 'Run the same command again: each event counts once.',
  });
}

interface Tally {
  events: number;
  added: number;
  matched: number;
  rejected: number;
  tests: number;
  settled: number;
  suppressed: number;
  withdrawn: number;
  readonly byType: Map<EventType, number>;
}

function createTally(): Tally {
  const byType = new Map<EventType, number>();
  const counts = { events: 0, added: 0, matched: 0, rejected: 0, tests: 0 };
  return { ...counts, settled: 0, suppressed: 0, withdrawn: 0, byType };
}

function resultOf(tally: Tally): ImportedEvents {
  const { events, added, matched, rejected, tests, settled, suppressed, withdrawn, byType } = tally;
  return {
    events,
    new: added,
    duplicates: events - rejected - tests - added,
    matched,
    unmatched: added - matched,
    rejected,
    tests,
    by_type: Object.fromEntries([...byType].sort(([left], [right]) => (left < right ? -1 : 1))),
    settled,
    suppressed,
    withdrawn,
  };
}

async function* inBatches(
  entries: AsyncIterable<ProviderEvent | undefined>,
  tally: Tally,
): AsyncGenerator<readonly ProviderEvent[]> {
  let batch: ProviderEvent[] = [];
  for await (const entry of entries) {
    tally.events += 1;
    if (entry === undefined) {
      tally.rejected += 1;
      continue;
    }
    if (isAboutTest(entry)) {
      tally.tests += 1;
      continue;
    }
    batch.push(entry);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

// What becomes of a test says nothing about customers: a seed address that bounces or complains is nobody's wish.
function isAboutTest({ reference, messageIds }: ProviderEvent): boolean {
  return reference === undefined ? messageIds.some(isTestReference) : isTestReference(reference);
}

async function importBatch(
  trx: Queries,
  batch: readonly ProviderEvent[],
  { clock, keyring, run }: ImportDependencies,
  tally: Tally,
): Promise<void> {
  const now = clock.now();
  const deliveries = await matchDeliveries(trx, batch, (await findInstanceId(trx)) ?? '');
  const unique = new Map(batch.toReversed().map((event) => [event.providerEventId, event]));
  const rows = [...unique.values()].reverse().map((event) => ({
    provider_event_id: event.providerEventId,
    delivery_id: deliveries.get(event) ?? null,
    type: event.type,
    occurred_at: event.occurredAt,
    machine_open: event.machineOpen ? 1 : 0,
    url: event.url,
    reason: event.reason,
    imported_at: now,
  }));
  const added = await insertEvents(trx, rows);
  const fresh = [...unique.values()].filter((event) => added.has(event.providerEventId));
  tally.added += fresh.length;
  tally.matched += fresh.filter((event) => deliveries.has(event)).length;
  for (const { type } of fresh) tally.byType.set(type, (tally.byType.get(type) ?? 0) + 1);
  // Known events too: they may have come in while their delivery was not yet in doubt.
  tally.settled += await settleByEvents(trx, now, evidenceOf(batch, deliveries));
  await suppress(trx, fresh, { clock, keyring, run }, tally);
}

// Only new events: an operator may have lifted a suppression since the event was first taken in.
async function suppress(
  trx: Queries,
  fresh: readonly ProviderEvent[],
  { clock, keyring, run }: Pick<ImportDependencies, 'clock' | 'keyring' | 'run'>,
  tally: Tally,
): Promise<void> {
  const entries = fresh.flatMap(({ addressKey, suppress: reason }) =>
    addressKey === undefined || reason === undefined
      ? []
      : [{ address_key: addressKey, reason, source: SOURCE }],
  );
  if (entries.length === 0) return;
  const { suppressed } = await suppressAddresses(trx, { keyring, clock, run }, entries);
  tally.suppressed += suppressed;
  const unwilling = entries.filter((entry) => entry.reason !== 'bounced').map((entry) => entry.address_key);
  tally.withdrawn += await withdrawConsent(trx, SOURCE, clock.now(), unwilling);
}
