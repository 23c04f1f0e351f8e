import { canonicalJson } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import { didYouMean } from '../did-you-mean.ts';
import { ReferralError } from '../errors.ts';
import { listShippedNames, readShipped, readTemplate } from './read-template.ts';
import {
  documentOf,
  type FoundTemplate,
  hashTemplate,
  type TemplateDocument,
  templateSchema,
} from './template-document.ts';
import { findTemplateRow, insertTemplate, listTemplateRows, type TemplateRow } from './template-queries.ts';

/** In the order of a contest's life; what else is shipped or saved follows by name. */
const SHIPPED_ORDER = ['launch', 'reminder', 'standings', 'reward-earned', 'winners'];

export interface SavedTemplate {
  readonly id: number;
  readonly name: string;
  readonly version: number;
  readonly sha256: string;
  /** False when the latest version has the same content already. */
  readonly created: boolean;
}

/**
 * A template by file path (`mails/launch.mjml`), by name as saved in the database, or by name as shipped; `NAME@2` is
 * its second version. A relative path starts at `directory`. Throws `not_found`, `input_missing` or `input_unusable`.
 */
export async function getTemplate(
  queries: Queries | undefined,
  nameOrFile: string,
  directory = '.',
): Promise<FoundTemplate> {
  if (isTemplateFile(nameOrFile)) return readTemplate(nameOrFile, directory);
  const [name = '', version] = nameOrFile.split('@');
  const row =
    queries === undefined || !/^\d*$/.test(version ?? '')
      ? undefined
      : await findTemplateRow(queries, name, version === undefined ? undefined : Number(version));
  if (row !== undefined) return fromRow(row);
  const shipped = await listShippedNames();
  if (version === undefined && shipped.includes(name)) return readShipped(name);
  const saved = queries === undefined ? [] : (await listTemplateRows(queries)).map((entry) => entry.name);
  throw new ReferralError('not_found', `There is no template "${nameOrFile}"`, {
    hint: didYouMean(
      name,
      [...shipped, ...saved],
      'List them: referral templates list; a file ends in .mjml.',
    ),
    details: { template: nameOrFile },
  });
}

/** Every template: the latest version of each saved one, and the shipped ones that are not saved; the launch template first. */
export async function listTemplates(queries: Queries | undefined): Promise<readonly FoundTemplate[]> {
  const saved = queries === undefined ? [] : (await listTemplateRows(queries)).map(fromRow);
  const known = new Set(saved.map((template) => template.name));
  const shipped: FoundTemplate[] = [];
  for (const name of await listShippedNames()) if (!known.has(name)) shipped.push(await readShipped(name));
  return [...saved, ...shipped].sort(
    (left, right) => rankOf(left.name) - rankOf(right.name) || (left.name < right.name ? -1 : 1),
  );
}

/** Saves a template as a new version of its name, unless the latest one is the same. Call it inside a transaction. */
export async function saveTemplate(
  queries: Queries,
  clock: Clock,
  template: TemplateDocument,
): Promise<SavedTemplate> {
  const { name } = template;
  const sha256 = hashTemplate(template);
  const latest = await findTemplateRow(queries, name);
  if (latest?.sha256 === sha256) {
    return { id: latest.id, name, version: latest.version, sha256, created: false };
  }
  const version = (latest?.version ?? 0) + 1;
  const document = canonicalJson(documentOf(template));
  const id = await insertTemplate(queries, { name, version, sha256, document, created_at: clock.now() });
  // Somebody else saved a version in this moment: the next number, unless it is the same.
  if (id === undefined) return saveTemplate(queries, clock, template);
  return { id, name, version, sha256, created: true };
}

/** Is this a path, and not the name of a template? */
export function isTemplateFile(nameOrFile: string): boolean {
  return /[/\\]/.test(nameOrFile) || /\.(?:mjml|json)$/i.test(nameOrFile);
}

function rankOf(name: string): number {
  const rank = SHIPPED_ORDER.indexOf(name);
  return rank === -1 ? SHIPPED_ORDER.length : rank;
}

function fromRow({ name, version, sha256, document, created_at }: TemplateRow): FoundTemplate {
  const parsed = templateSchema.parse(JSON.parse(document));
  return { ...parsed, sha256, version, file: `${name}.mjml`, origin: 'database', updated_at: created_at };
}
