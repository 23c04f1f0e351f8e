import { timingSafeEqual } from 'node:crypto';
import { sha256 } from '../canonical-json.ts';
import { createKeyedHash, type KeyedHash } from './keyed-hash.ts';

export interface SecretKey {
  /** The first 16 hex digits of the secret's own SHA-256: names the key without giving it away. */
  readonly id: string;
  readonly secret: string;
}

/** The secrets that hash addresses and sign links: new work uses `current`, old work is checked with any of them. */
export interface Keyring {
  readonly current: SecretKey;
  /** The current one first. */
  readonly all: readonly SecretKey[];
}

/** A keyring of secrets, the first one current. */
export function createKeyring(secrets: readonly [string, ...string[]]): Keyring {
  const keys = [...new Set(secrets)].map((secret) => ({ id: sha256(secret).slice(0, 16), secret }));
  const [current] = keys;
  if (current === undefined) throw new TypeError('a keyring needs a secret');
  return { current, all: keys };
}

/** The keyed hash (HMAC-SHA256, hex) under which an address is suppressed; it can't be turned back without the secret. */
export function hashAddress(key: SecretKey, addressKey: string): string {
  return keyedHashOf(key)(`address:${addressKey}`, 'hex');
}

/** A URL-safe signature of `text` for `purpose`, 22 characters (128 bits). */
export function signText(key: SecretKey, purpose: string, text: string): string {
  const digest = keyedHashOf(key)(`${purpose}:${text}`, 'binary');
  return Buffer.from(digest.slice(0, 16), 'binary').toString('base64url');
}

/** Was `signature` made by any key of the ring? Takes the same time whether or not it was. */
export function isSignedBy(keyring: Keyring, purpose: string, text: string, signature: string): boolean {
  const given = Buffer.from(signature);
  return keyring.all.some((key) => {
    const expected = Buffer.from(signText(key, purpose, text));
    return expected.length === given.length && timingSafeEqual(expected, given);
  });
}

const keyedHashes = new WeakMap<SecretKey, KeyedHash>();

function keyedHashOf(key: SecretKey): KeyedHash {
  const known = keyedHashes.get(key);
  if (known !== undefined) return known;
  const keyedHash = createKeyedHash(key.secret);
  keyedHashes.set(key, keyedHash);
  return keyedHash;
}
