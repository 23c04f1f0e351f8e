import { rm } from 'node:fs/promises';
import { appendAudit } from '../audit/append-audit.ts';
import type { Database, Queries } from '../database/database.ts';
import { getInstanceId } from '../database/instance-id-queries.ts';
import { deliveryReference } from '../delivery/delivery-reference.ts';
import { outboxFile } from '../delivery/outbox-transport.ts';
import { tellProgress } from '../progress.ts';
import { suppressAddresses } from '../suppressions/suppress-addresses.ts';
import { listMailedKeys, listMails, reclaimSpace } from './erase-queries.ts';
import { forgetPeople } from './forget-people.ts';
import { readPeople } from './named-pages.ts';
import type { PeopleDependencies } from './suppress-people.ts';
import type { NamedPeople } from './using-named-people.ts';

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

/** Each of them has many rows in other tables. */
const MOST_TOGETHER = 1_000;

type Erased = Omit<EraseResult, 'mails' | 'reclaimed' | 'not_found' | 'dry_run'>;

/**
 * Forgets people: e-mail, names, phone, attributes and every copy of them, also in deliveries, events, bookings and the outbox. Totals, ledger and
 * leaderboards stay as they are, and the keyed hash of each address, so that nobody mails it again. It can't be undone.
 */
export async function eraseCustomers(
  database: Database,
  dependencies: EraseDependencies,
  found: NamedPeople,
): Promise<EraseResult> {
  const { dryRun, outbox } = dependencies;
  const counts = await database.transaction((transaction) => erasePeople(transaction, dependencies, found), {
    rollback: dryRun,
  });
  const mails = dryRun ? 0 : await removeMails(database.queries, outbox, found);
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
  found: NamedPeople,
): Promise<Erased> {
  const { clock, run, keyring, onProgress } = dependencies;
  const total = { erased: 0, deliveries: 0, bookings: 0, suppressed: 0 };
  let done = 0;
  for await (const people of readPeople(transaction, found, pageSizeOf(found))) {
    const keys = people.map((person) => person.id);
    const own = people.flatMap((person) => person.address_key ?? []);
    const entries = [...own, ...(await listMailedKeys(transaction, keys))].map((address_key) => ({
      address_key,
      reason: 'erased' as const,
      source: 'operator',
    }));
    const { suppressed } = await suppressAddresses(transaction, { clock, run, keyring }, entries);
    total.suppressed += suppressed;
    const { erased, deliveries, bookings } = await forgetPeople(transaction, keys, clock.now());
    total.bookings += bookings;
    total.erased += erased;
    total.deliveries += deliveries;
    done += people.length;
    await tellProgress(onProgress, done, found.customers);
  }
  const already = found.customers - total.erased;
  await appendAudit(transaction, clock, run, {
    action: 'customers.erased',
    subject: 'customers',
    details: { ...total, already },
  });
  return { ...total, already };
}

function pageSizeOf({ pageSize }: NamedPeople): number {
  return Math.min(pageSize, MOST_TOGETHER);
}

async function removeMails(queries: Queries, outbox: string, found: NamedPeople): Promise<number> {
  const instanceId = await getInstanceId(queries);
  let removed = 0;
  for await (const people of readPeople(queries, found, pageSizeOf(found))) {
    const keys = people.map((person) => person.id);
    for (const { id, campaign } of await listMails(queries, keys)) {
      if (await isRemoved(outboxFile(outbox, campaign, deliveryReference(instanceId, id)))) removed += 1;
    }
  }
  return removed;
}

async function isRemoved(file: string): Promise<boolean> {
  try {
    await rm(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return false;
  }
}
