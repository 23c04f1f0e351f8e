import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import type { Database, Queries } from '../database/database.ts';
import { type OnProgress, tellProgress } from '../progress.ts';
import type { Keyring } from '../settings/keyring.ts';
import { type SuppressionEntry, suppressManyAddresses } from '../suppressions/suppress-addresses.ts';
import { unsuppressAddresses } from '../suppressions/unsuppress-addresses.ts';
import { readAddresses, readPeople } from './named-pages.ts';
import { withdrawConsent } from './people-change-queries.ts';
import type { NamedPeople } from './using-named-people.ts';

export interface PeopleDependencies {
  readonly clock: Clock;
  readonly run: Run;
  readonly keyring: Keyring;
  readonly dryRun: boolean;
  /** Hears of addresses, then of customers whose consent is withdrawn. */
  readonly onProgress?: OnProgress | undefined;
}

export interface SuppressResult {
  /** Customers who were named. */
  readonly customers: number;
  /** Addresses that are suppressed now and were not before. */
  readonly suppressed: number;
  /** Addresses that were suppressed before. */
  readonly already: number;
  /** Customers of whom no address is known. */
  readonly without_address: number;
  readonly not_found: number;
  readonly dry_run: boolean;
}

/** Never mail these people again, whoever imports or restores what. */
export function suppressPeople(
  database: Database,
  dependencies: PeopleDependencies,
  found: NamedPeople,
  reason: SuppressionEntry['reason'] = 'manual',
): Promise<SuppressResult> {
  return database.transaction((transaction) => suppress(transaction, dependencies, found, reason), {
    rollback: dependencies.dryRun,
  });
}

async function suppress(
  transaction: Queries,
  dependencies: PeopleDependencies,
  found: NamedPeople,
  reason: SuppressionEntry['reason'],
): Promise<SuppressResult> {
  const counts = await suppressFound(transaction, dependencies, found, reason);
  const result = { ...counts, not_found: found.notFound, dry_run: dependencies.dryRun };
  await appendAudit(transaction, dependencies.clock, dependencies.run, {
    action: 'customers.suppressed',
    subject: 'customers',
    details: { ...counts, reason },
  });
  return result;
}

async function suppressFound(
  transaction: Queries,
  dependencies: PeopleDependencies,
  found: NamedPeople,
  reason: SuppressionEntry['reason'],
) {
  const { customers, withoutAddress, pageSize } = found;
  const { suppressed, already } = await suppressManyAddresses(transaction, dependencies, {
    ...{ addressKeys: readAddresses(transaction, found), pageSize, reason, source: 'operator' },
  });
  return { customers, suppressed, already, without_address: withoutAddress };
}

export interface UnsubscribeResult extends SuppressResult {
  /** Customers whose consent was granted or unknown before. */
  readonly withdrawn: number;
}

/** Takes these people's word that they want no more mail: consent withdrawn, address suppressed. */
export function unsubscribePeople(
  database: Database,
  dependencies: PeopleDependencies,
  found: NamedPeople,
): Promise<UnsubscribeResult> {
  const { clock, run, dryRun } = dependencies;
  return database.transaction(
    async (transaction) => {
      const counts = await suppressFound(transaction, dependencies, found, 'unsubscribed');
      const withdrawn = await withdrawAll(transaction, dependencies, found);
      await appendAudit(transaction, clock, run, {
        action: 'customers.unsubscribed',
        subject: 'customers',
        details: { ...counts, withdrawn },
      });
      return { ...counts, withdrawn, not_found: found.notFound, dry_run: dryRun };
    },
    { rollback: dryRun },
  );
}

async function withdrawAll(
  transaction: Queries,
  { clock, onProgress }: PeopleDependencies,
  found: NamedPeople,
): Promise<number> {
  let withdrawn = 0;
  let done = 0;
  for await (const people of readPeople(transaction, found)) {
    const keys = people.map((person) => person.id);
    withdrawn += await withdrawConsent(transaction, keys, { now: clock.now(), source: 'unsubscribe' });
    done += people.length;
    await tellProgress(onProgress, done, found.customers);
  }
  return withdrawn;
}

export interface UnsuppressResult {
  readonly customers: number;
  readonly unsuppressed: number;
  readonly not_found: number;
  readonly dry_run: boolean;
}

/** Lets these addresses be mailed again, as far as consent goes, which this does not touch. */
export function unsuppressPeople(
  database: Database,
  dependencies: PeopleDependencies,
  found: NamedPeople,
): Promise<UnsuppressResult> {
  const { clock, run, dryRun } = dependencies;
  return database.transaction(
    async (transaction) => {
      const { customers, pageSize } = found;
      const addressKeys = readAddresses(transaction, found);
      const unsuppressed = await unsuppressAddresses(transaction, dependencies, { addressKeys, pageSize });
      await appendAudit(transaction, clock, run, {
        action: 'customers.unsuppressed',
        subject: 'customers',
        details: { customers, unsuppressed },
      });
      return { customers, unsuppressed, not_found: found.notFound, dry_run: dryRun };
    },
    { rollback: dryRun },
  );
}
