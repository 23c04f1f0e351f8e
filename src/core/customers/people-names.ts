import { ReferralError } from '../errors.ts';
import type { ListedName } from './read-names-file.ts';

/** How people are named on the command line. */
export interface PeopleNames {
  /** `customer_id`s, addresses or (with a keyring) unsubscribe links, as typed. */
  readonly typed: readonly string[];
  /** The same, from a file: who is not known is counted instead of refused. */
  readonly listed: AsyncIterable<readonly ListedName[]> | Iterable<readonly ListedName[]>;
  /** `--where` texts. */
  readonly where: readonly string[];
}

/** Throws `usage` when there are no names. */
export function assertSomebodyIsNamed(names: number): void {
  if (names > 0) return;
  throw new ReferralError('usage', 'Nobody is named', {
    hint: 'Name customer_ids or addresses, or use --file FILE or --where "consent = withdrawn".',
  });
}

/** For a typed name that nobody has. */
export function noCustomer(name: string): ReferralError {
  const what = name.includes('@') ? 'address' : 'customer_id';
  return new ReferralError('not_found', `There is no customer "${name}"`, {
    reason: `No customer has this ${what}.`,
    hint: 'Look for them: referral customers list --where "email ~ PART"',
  });
}
