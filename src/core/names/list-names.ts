import type { Queries } from '../database/database.ts';
import { FLAGS } from '../settings/flags.ts';
import { SETTINGS } from '../settings/settings.ts';
import { listShippedNames } from '../templates/read-template.ts';
import { listStoredNames } from './names-queries.ts';

/** What people name on a command line. */
export const NAMED_KINDS = [
  'contests',
  'campaigns',
  'templates',
  'segments',
  'profiles',
  'settings',
  'flags',
] as const;

export type NamedKind = (typeof NAMED_KINDS)[number];

/** The names of a kind. `queries` is undefined where there is no database: then only what the program itself brings. */
export async function listNames(queries: Queries | undefined, kind: NamedKind): Promise<readonly string[]> {
  if (kind === 'settings') return Object.keys(SETTINGS).sort();
  if (kind === 'flags') return Object.keys(FLAGS).sort();
  const stored = queries === undefined ? [] : await listStoredNames(queries, kind);
  if (kind !== 'templates') return stored;
  return [...new Set([...stored, ...(await listShippedNames())])];
}
