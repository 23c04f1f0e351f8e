import type { Keyring } from '../settings/keyring.ts';
import { readUnsubscribeToken } from '../suppressions/unsubscribe-token.ts';
import { parseAddress } from './address-key.ts';

/** What a name says: an address, a `customer_id`, or the key of a customer in an unsubscribe link. */
export type NameKind = 'address' | 'id' | 'link';

export interface ParsedName {
  readonly kind: NameKind;
  /** Equal for two names that say the same: the address key, the `customer_id`, or the integer key in digits. */
  readonly key: string;
}

/** How somebody is named; links only with the keyring that signed them. */
export function parseName(name: string, keyring?: Keyring): ParsedName {
  const address = parseAddress(name);
  if (address !== undefined) return { kind: 'address', key: address.address_key };
  const key = keyring === undefined ? undefined : readUnsubscribeToken(keyring, name);
  return key === undefined ? { kind: 'id', key: name.trim() } : { kind: 'link', key: String(key) };
}
