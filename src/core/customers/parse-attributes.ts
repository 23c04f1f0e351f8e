import { sortKeys } from '../sort-keys.ts';

/** The attributes of a row as an object of texts, by name: PostgreSQL gives them back in an order of its own. */
export function parseAttributes(json: string): Readonly<Record<string, string>> {
  return json === '{}' ? {} : sortKeys(JSON.parse(json) as Record<string, string>);
}
