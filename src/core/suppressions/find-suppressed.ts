import type { Queries } from '../database/database.ts';
import { hashAddress, type Keyring } from '../settings/keyring.ts';
import { findHashes, hasSuppressions, listHashes } from './suppression-queries.ts';

const CHUNK = 5_000;

/** Which of these address keys must never be mailed, hashed under any key of the ring. */
export async function findSuppressed(
  queries: Queries,
  keyring: Keyring,
  addressKeys: readonly string[],
): Promise<ReadonlySet<string>> {
  const suppressed = new Set<string>();
  if (addressKeys.length === 0 || !(await hasSuppressions(queries))) return suppressed;
  for (let start = 0; start < addressKeys.length; start += CHUNK) {
    const byHash = new Map<string, string>();
    for (const addressKey of addressKeys.slice(start, start + CHUNK)) {
      for (const hash of hashesOf(keyring, addressKey)) byHash.set(hash, addressKey);
    }
    for (const hash of await findHashes(queries, [...byHash.keys()])) {
      const addressKey = byHash.get(hash);
      if (addressKey !== undefined) suppressed.add(addressKey);
    }
  }
  return suppressed;
}

/** Tells which of these address keys must never be mailed. */
export type FindSuppressed = (addressKeys: readonly string[]) => Promise<ReadonlySet<string>>;

// Some 15 MB of hashes: above that they are looked up, page by page.
const HELD = 100_000;

/** As `findSuppressed`, for many lists of keys one after the other in one snapshot: short lists of suppressions are read once. */
export async function openSuppressedFinder(queries: Queries, keyring: Keyring): Promise<FindSuppressed> {
  const listed = await listHashes(queries, HELD + 1);
  if (listed.length > HELD) return (keys) => findSuppressed(queries, keyring, keys);
  const hashes = new Set(listed);
  const isSuppressed = (key: string): boolean => hashesOf(keyring, key).some((hash) => hashes.has(hash));
  return (keys) => Promise.resolve(new Set(hashes.size === 0 ? [] : keys.filter(isSuppressed)));
}

/** The hashes of an address key under every key of the ring, the current one first. */
export function hashesOf(keyring: Keyring, addressKey: string): string[] {
  return keyring.all.map((key) => hashAddress(key, addressKey));
}
