import { rm } from 'node:fs/promises';
import { appendAudit } from '../audit/append-audit.ts';
import type { Database, Queries } from '../database/database.ts';
import { getInstanceId } from '../database/instance-id-queries.ts';
import { deliveryReference } from '../delivery/delivery-reference.ts';
import { outboxFile } from '../delivery/outbox-transport.ts';
import { tellProgress } from '../progress.ts';
import { suppressAddresses } from '../suppressions/suppress-addresses.ts';
import { listMailedKeys, reclaimSpace } from './erase-queries.ts';
import type { FoundPeople, Person } from './find-people.ts';
import { forgetPeople } from './forget-people.ts';
import type { PeopleDependencies } from './suppress-people.ts';

export interface EraseDependencies extends PeopleDependencies {
  /** Where the outbox transport keeps mails. */
  readonly outbox: string;
}

export interface EraseResult {
  /** Customers who are erased now and were not before. */
  readonly erased: number;
  readonly already: number;
  /** Deliveries whose address was taken out. */
  readonly deliveries: number;
  readonly bookings: number;
  /** Mails removed from the outbox. */
  readonly mails: number;
  /** Addresses newly suppressed by their keyed hash. */
  readonly suppressed: number;
  /** Was the space of the erased values given back at once? False when another process kept the database from it. */
  readonly reclaimed: boolean;
  readonly not_found: number;
  readonly dry_run: boolean;
}

interface Erased extends Omit<EraseResult, 'mails' | 'reclaimed' | 'not_found' | 'dry_run'> {
  readonly files: readonly { readonly id: number; readonly campaign: string }[];
}

const CHUNK = 1_000;

/**
 * Forgets people: e-mail, names, phone, attributes and every copy of them, also in deliveries, events, bookings and the outbox. Totals, ledger and
 * leaderboards stay as they are, and the keyed hash of each address, so that nobody mails it again. It can't be undone.
 */
export async function eraseCustomers(
  database: Database,
  dependencies: EraseDependencies,
  found: FoundPeople,
): Promise<EraseResult> {
  const { dryRun } = dependencies;
  const { files, ...counts } = await database.transaction(
    (transaction) => erasePeople(transaction, dependencies, found.people),
    { rollback: dryRun },
  );
  const instanceId = await getInstanceId(database.queries);
  const mails = dryRun ? 0 : await removeMails(dependencies.outbox, instanceId, files);
  const reclaimed = !dryRun && counts.erased > 0 && (await isReclaimed(database));
  return { ...counts, mails, reclaimed, not_found: found.notFound, dry_run: dryRun };
}

/** What is erased is erased; giving the space back may have to wait until nobody reads it any more. */
async function isReclaimed(database: Database): Promise<boolean> {
  try {
    await reclaimSpace(database.queries);
    return true;
  } catch {
    return false;
  }
}

async function erasePeople(
  transaction: Queries,
  dependencies: EraseDependencies,
  people: readonly Person[],
): Promise<Erased> {
  const { clock, run, keyring, onProgress } = dependencies;
  const total = { erased: 0, deliveries: 0, bookings: 0, suppressed: 0 };
  const files: { id: number; campaign: string }[] = [];
  for (let start = 0; start < people.length; start += CHUNK) {
    const chunk = people.slice(start, start + CHUNK);
    const keys = chunk.map((person) => person.id);
    const own = chunk.flatMap((person) => person.address_key ?? []);
    const entries = [...own, ...(await listMailedKeys(transaction, keys))].map((address_key) => ({
      address_key,
      reason: 'erased' as const,
      source: 'operator',
    }));
    const { suppressed } = await suppressAddresses(transaction, { clock, run, keyring }, entries);
    total.suppressed += suppressed;
    const { erased, deliveries, bookings, mails } = await forgetPeople(transaction, keys, clock.now());
    total.bookings += bookings;
    total.erased += erased;
    total.deliveries += deliveries;
    files.push(...mails);
    await tellProgress(onProgress, start + chunk.length, people.length);
  }
  const already = people.length - total.erased;
  await appendAudit(transaction, clock, run, {
    action: 'customers.erased',
    subject: 'customers',
    details: { ...total, already },
  });
  return { ...total, already, files };
}

async function removeMails(outbox: string, instanceId: string, files: Erased['files']): Promise<number> {
  let removed = 0;
  for (const { id, campaign } of files) {
    try {
      await rm(outboxFile(outbox, campaign, deliveryReference(instanceId, id)));
      removed += 1;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return removed;
}
