import { canonicalJson, sha256 } from '../canonical-json.ts';

/**
 * What an import is known by: the SHA-256 of the file, or of that and of what was said about how to read it. Rows that were refused
 * under other options may be good ones now, so the same bytes read another way are no known file.
 */
export function contentKey(content: string, said: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(said).filter(
    ([, value]) => value !== undefined && value !== 'auto' && !(Array.isArray(value) && value.length === 0),
  );
  return given.length === 0 ? content : sha256(`${content} ${canonicalJson(Object.fromEntries(given))}`);
}
