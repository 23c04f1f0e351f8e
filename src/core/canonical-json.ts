import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** The canonical text of a JSON value (RFC 8785): the same data gives the same bytes everywhere. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('a value without a JSON form has no canonical JSON');
  return text;
}

/** SHA-256 in lower-case hex of a text (as UTF-8) or bytes. */
export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}
