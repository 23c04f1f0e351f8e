import { type RawBuilder, sql } from 'kysely';
import type { ImportLayout, LayoutColumn } from './import-layout.ts';

// Beyond that a row whose attributes are not the same as a whole is looked at by itself.
const ATTRIBUTES_COMPARED = 50;

/** How an engine compares values. */
export interface Comparisons {
  same(a: RawBuilder<unknown>, b: RawBuilder<unknown>): RawBuilder<unknown>;
  attribute(json: RawBuilder<unknown>, name: string): RawBuilder<unknown>;
}

// The address key follows from the address, and another spelling of a row has another hash.
const NOT_COMPARED: ReadonlySet<LayoutColumn> = new Set(['customer_id', 'address_key', 'row_hash']);

/**
 * Does a row say nothing that the customer `known` doesn't already have? True only where `mergeCustomer` would change nothing; what
 * this leaves in doubt is decided there.
 */
export function unchangedRow(
  layout: ImportLayout,
  cellOf: (column: LayoutColumn) => RawBuilder<unknown> | undefined,
  comparisons: Comparisons,
): RawBuilder<unknown> {
  const plain: RawBuilder<unknown>[] = [];
  for (const column of layout.columns) {
    const cell = cellOf(column);
    if (cell === undefined || NOT_COMPARED.has(column)) continue;
    plain.push(comparisons.same(sql.ref(`known.${column}`), cell));
  }
  // Most rows are as they were, cell by cell. SQLite evaluates both sides of an `or`, but only one branch of a `case`.
  return sql`case when ${sql.join(plain, sql` and `)} then true else ${unchangedInEffect(layout, cellOf, comparisons)} end`;
}

function unchangedInEffect(
  layout: ImportLayout,
  cellOf: (column: LayoutColumn) => RawBuilder<unknown> | undefined,
  { same, attribute }: Comparisons,
): RawBuilder<unknown> {
  const conditions: RawBuilder<unknown>[] = [];
  for (const column of layout.columns) {
    const cell = cellOf(column);
    if (cell === undefined || SPECIAL.has(column)) continue;
    const isSame = same(sql.ref(`known.${column}`), cell);
    const isDerived = layout.derivesNames && (column === 'first_name' || column === 'last_name');
    conditions.push(isDerived ? sql`(${cellOf('name')} is null or ${isSame})` : isSame);
  }
  conditions.push(unchangedConsent(cellOf));
  const attributes = cellOf('attributes');
  if (attributes !== undefined) {
    const whole = sql`known.attributes = ${attributes}`;
    const each = layout.attributes.map((name) =>
      same(attribute(sql.ref('known.attributes'), name), attribute(attributes, name)),
    );
    conditions.push(
      each.length === 0
        ? sql`true`
        : each.length > ATTRIBUTES_COMPARED
          ? whole
          : sql`(${whole} or (${sql.join(each, sql` and `)}))`,
    );
  }
  return sql`(${sql.join(conditions, sql` and `)})`;
}

const SPECIAL: ReadonlySet<LayoutColumn> = new Set([
  ...NOT_COMPARED,
  'consent',
  'consent_at',
  'consent_source',
  'attributes',
]);

function unchangedConsent(
  cellOf: (column: LayoutColumn) => RawBuilder<unknown> | undefined,
): RawBuilder<unknown> {
  const consent = cellOf('consent') ?? sql`'unknown'`;
  const at = cellOf('consent_at');
  const source = cellOf('consent_source');
  const silent = [sql`${consent} = 'unknown'`];
  const confirmed = [sql`${consent} = known.consent`];
  if (at !== undefined) {
    silent.push(sql`${at} is null`);
    confirmed.push(sql`(${at} is null or (known.consent_at is not null and ${at} <= known.consent_at))`);
  }
  if (source !== undefined) {
    silent.push(sql`${source} is null`);
    confirmed.push(
      sql`(${source} is null or (known.consent_source is not null and ${source} = known.consent_source))`,
    );
  }
  return sql`((${sql.join(silent, sql` and `)}) or (${sql.join(confirmed, sql` and `)}))`;
}
