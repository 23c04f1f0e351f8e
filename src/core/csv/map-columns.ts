import { didYouMean } from '../did-you-mean.ts';
import { ReferralError } from '../errors.ts';
import { isUnnamed } from './read-header.ts';

/** A field that a column can become. */
export interface FieldSpec {
  readonly name: string;
  readonly required?: boolean;
  /** Other spellings of its header, in any language, case and punctuation: `Voornaam`, `e-mail`. Its own name counts by itself. */
  readonly spellings: readonly string[];
}

export type ColumnTarget =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'attribute'; readonly name: string }
  | { readonly kind: 'ignored' };

export interface ColumnMapping {
  /** What each column of the header becomes, in its order. */
  readonly targets: readonly ColumnTarget[];
  /** Column → field, `attributes.NAME` or null where ignored: what the program prints and a profile keeps. */
  readonly mapping: Readonly<Record<string, string | null>>;
  /** The field that the line number of a row feeds, after `--map "#=field"`. */
  readonly lineField: string | undefined;
  /** Which column feeds a field, if any does. */
  indexOf(field: string): number | undefined;
}

/** What an operator said about one column: `E-mail adres=email`, `Notes=` to leave it out. */
export interface ColumnOverride {
  readonly column: string;
  /** A field, `attributes.NAME`, or empty to leave the column out. */
  readonly target: string;
}

/** In place of a column: the number of the line in the file. */
const LINE_NUMBER = '#';
const ATTRIBUTE_PREFIX = 'attributes.';
// The columns that a rejects file puts before the original row.
export const REJECT_COLUMNS = ['line', 'column', 'reason'] as const;

/** Reads `--map column=field` texts, split at the last `=`. Throws `usage` for a text without `=` or an unknown field. */
export function parseColumnOverrides(
  overrides: readonly string[],
  fields: readonly FieldSpec[],
): ColumnOverride[] {
  return overrides.map((text) => {
    const at = text.lastIndexOf('=');
    if (at === -1) {
      throw new ReferralError('usage', `--map "${text}" has no "="`, { hint: 'Write --map "column=field".' });
    }
    const target = text.slice(at + 1).trim();
    assertTarget(target, fields);
    return { column: text.slice(0, at).trim(), target };
  });
}

/**
 * Decides what each column is: what the operator said; else a field whose name or spelling it carries; else an attribute of that
 * name. A column without a name is left out. Throws `input_unusable` for a column that is not there and a required field that no column feeds.
 */
export function mapColumns(
  header: readonly string[],
  fields: readonly FieldSpec[],
  overrides: readonly string[],
): ColumnMapping {
  const targets: (ColumnTarget | undefined)[] = header.map(() => undefined);
  const spoken = parseColumnOverrides(overrides, fields);
  const isLine = ({ column }: ColumnOverride) => column === LINE_NUMBER && !header.includes(LINE_NUMBER);
  const lineField = findLineField(spoken.filter(isLine), fields);
  const isTaken = (name: string) =>
    name === lineField || targets.some((target) => target?.kind === 'field' && target.name === name);
  for (const { column, target } of spoken.filter((override) => !isLine(override))) {
    const index = findColumn(header, column);
    if (targets[index] !== undefined || (target !== '' && isTaken(target))) throw mappedTwice(column, target);
    targets[index] = toTarget(target);
  }
  ignoreRejectColumns(header, targets);
  for (const field of fields) {
    if (isTaken(field.name)) continue;
    const index = findSpelled(header, targets, field);
    if (index !== undefined) targets[index] = { kind: 'field', name: field.name };
  }
  const all = header.map((name, index) => targets[index] ?? attributeOf(name, index));
  assertRequired(header, fields, isTaken);
  return {
    targets: all,
    mapping: Object.fromEntries([
      ...header.map((name, index) => [name, toText(all[index])] as const),
      ...(lineField === undefined ? [] : [[LINE_NUMBER, lineField] as const]),
    ]),
    lineField,
    indexOf(field) {
      const index = all.findIndex((target) => target.kind === 'field' && target.name === field);
      return index === -1 ? undefined : index;
    },
  };
}

/** A header as its letters and digits alone: `E-Mail Adresse`, `e_mail_adresse` and `EMailAdresse` are the same. */
export function headerKey(text: string): string {
  return text
    .normalize('NFD')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(/[^\p{L}\p{N}]/gu, '');
}

function findSpelled(
  header: readonly string[],
  targets: readonly (ColumnTarget | undefined)[],
  field: FieldSpec,
): number | undefined {
  for (const spelling of [field.name, ...field.spellings]) {
    const key = headerKey(spelling);
    const index = header.findIndex(
      (name, column) => targets[column] === undefined && headerKey(name) === key,
    );
    if (index !== -1) return index;
  }
  return undefined;
}

function findColumn(header: readonly string[], column: string): number {
  const exact = header.indexOf(column);
  if (exact !== -1) return exact;
  const index = header.findIndex((name) => headerKey(name) === headerKey(column));
  if (index !== -1 && headerKey(column) !== '') return index;
  throw new ReferralError('input_unusable', `the file has no column "${column}"`, {
    reason: `It has: ${header.join(', ')}`,
    hint: didYouMean(column, header, 'Name one of these in --map.'),
    details: { column, header },
  });
}

function assertTarget(target: string, fields: readonly FieldSpec[]): void {
  if (target === '' || (target.startsWith(ATTRIBUTE_PREFIX) && target.length > ATTRIBUTE_PREFIX.length))
    return;
  const names = fields.map((field) => field.name);
  if (names.includes(target)) return;
  throw new ReferralError('usage', `there is no field "${target}"`, {
    reason: `Fields are: ${names.join(', ')}, and attributes.NAME.`,
    hint: didYouMean(target, names, 'Map it to one of these, or to attributes.NAME.'),
  });
}

function findLineField(
  overrides: readonly ColumnOverride[],
  fields: readonly FieldSpec[],
): string | undefined {
  const [first, second] = overrides;
  if (first === undefined) return undefined;
  if (second === undefined && fields.some((field) => field.name === first.target)) return first.target;
  throw new ReferralError('usage', `--map "#=${(second ?? first).target}" is not possible`, {
    hint: 'The number of the line can be one field: --map "#=customer_id"',
  });
}

function toTarget(target: string): ColumnTarget {
  if (target === '') return { kind: 'ignored' };
  if (!target.startsWith(ATTRIBUTE_PREFIX)) return { kind: 'field', name: target };
  return { kind: 'attribute', name: target.slice(ATTRIBUTE_PREFIX.length) };
}

function attributeOf(name: string, index: number): ColumnTarget {
  if (isUnnamed(name, index)) return { kind: 'ignored' };
  return {
    kind: 'attribute',
    name: name.startsWith(ATTRIBUTE_PREFIX) ? name.slice(ATTRIBUTE_PREFIX.length) || name : name,
  };
}

/** Does a header begin with the columns that a rejects file puts before the row? */
export function isRejectsHeader(header: readonly string[]): boolean {
  return REJECT_COLUMNS.every((name, index) => header[index] === name);
}

/** A mended rejects file imports as it is: the three columns that were put before the row are not data. */
function ignoreRejectColumns(header: readonly string[], targets: (ColumnTarget | undefined)[]): void {
  if (!isRejectsHeader(header)) return;
  for (const index of REJECT_COLUMNS.keys()) targets[index] ??= { kind: 'ignored' };
}

function assertRequired(
  header: readonly string[],
  fields: readonly FieldSpec[],
  isTaken: (name: string) => boolean,
): void {
  const missing = fields
    .filter((field) => field.required === true && !isTaken(field.name))
    .map((field) => field.name);
  const [first] = missing;
  if (first === undefined) return;
  throw new ReferralError('input_unusable', `no column for ${missing.join(' and ')}`, {
    reason: `The header is: ${header.join(', ')}`,
    hint: `Say which column it is: --map "${header.find((name) => name !== '') ?? 'column'}=${first}"`,
    details: { missing, header },
  });
}

function toText(target: ColumnTarget | undefined): string | null {
  if (target === undefined || target.kind === 'ignored') return null;
  return target.kind === 'field' ? target.name : ATTRIBUTE_PREFIX + target.name;
}

function mappedTwice(column: string, target: string): ReferralError {
  return new ReferralError(
    'usage',
    `--map names ${target === '' ? `"${column}"` : `"${column}" or "${target}"`} twice`,
    {
      hint: 'Map each column to one field, and each field from one column.',
    },
  );
}
