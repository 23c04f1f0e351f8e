import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** The canonical text of a JSON value (RFC 8785): the same data gives the same bytes everywhere. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('a value without a JSON form has no canonical JSON');
  return text;
}

/** As `canonicalJson`, of texts alone, for what is written a million times. They have to be well-formed. */
export function canonicalTexts(texts: Readonly<Record<string, string>>): string {
  let json = '';
  for (const name of Object.keys(texts).sort()) {
    json += `${json === '' ? '{' : ','}${JSON.stringify(name)}:${JSON.stringify(texts[name])}`;
  }
  return json === '' ? '{}' : `${json}}`;
}

/** SHA-256 in lower-case hex of a text (as UTF-8) or bytes. */
export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}
