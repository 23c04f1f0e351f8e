import type { ColumnMapping } from '../csv/map-columns.ts';
import type { BinaryType } from '../database/binary-rows.ts';
import type { Consent } from '../database/tables.ts';
import type { CustomerChange, CustomerData } from './customer.ts';

export type LayoutColumn = 'customer_id' | keyof CustomerData | 'row_hash';
export type LayoutValue = string | number | null;

/** In which order the rows of one file travel from the reader to the database, each as an array of values. */
export interface ImportLayout {
  /** The customer's id first; then the fields that the file has columns for, consent, attributes and the hash of the row. */
  readonly columns: readonly LayoutColumn[];
  /** First and last name come from the full name: a row without one says nothing about them. */
  readonly derivesNames: boolean;
  /** Does the file say anything about consent? */
  readonly hasConsent: boolean;
  /** The attributes that the file has columns for, sorted. */
  readonly attributes: readonly string[];
}

/** The type of a column in the database. */
export function typeOf(column: LayoutColumn): BinaryType {
  switch (column) {
    case 'total_bookings':
    case 'total_spend':
    case 'row_hash':
      return 'integer';
    case 'joined_at':
    case 'last_active_at':
    case 'consent_at':
      return 'time';
    case 'attributes':
      return 'json';
    default:
      return 'text';
  }
}

/** What every row that an import adds has behind the columns of its layout. */
export const CONSTANTS = { source: 'text', created_at: 'time', updated_at: 'time' } as const;

/** The layout that a mapping of columns makes. */
export function layoutOf(mapping: ColumnMapping): ImportLayout {
  const fields = new Set<string>(['email', 'address_key']);
  const attributes = new Set<string>();
  for (const target of mapping.targets) {
    if (target.kind === 'field') fields.add(target.name);
    if (target.kind === 'attribute') attributes.add(attributeName(target.name));
  }
  if (mapping.lineField !== undefined) fields.add(mapping.lineField);
  const hasConsent = fields.has('consent');
  const derivesNames = fields.has('name') && !fields.has('first_name') && !fields.has('last_name');
  if (derivesNames) fields.add('first_name').add('last_name');
  fields.add('consent').delete('customer_id');
  return {
    columns: ['customer_id', ...([...fields] as (keyof CustomerData)[]), 'attributes', 'row_hash'],
    ...{ derivesNames, hasConsent },
    attributes: [...attributes].sort(),
  };
}

/** The row that was put into its layout. */
export function fromLayout(layout: ImportLayout, values: readonly LayoutValue[]): CustomerChange {
  const row = Object.fromEntries(layout.columns.map((column, index) => [column, values[index] ?? null]));
  const { customer_id, consent, attributes, row_hash, ...fields } = row;
  if (layout.derivesNames && fields['name'] === null) {
    delete fields['first_name'];
    delete fields['last_name'];
  }
  const known = JSON.parse(String(attributes)) as Record<string, string>;
  return {
    customer_id: String(customer_id),
    fields: fields as CustomerChange['fields'],
    consent: consent as Consent,
    attributes: Object.fromEntries(layout.attributes.map((name) => [name, known[name] ?? null])),
    row_hash: row_hash as number | null,
  };
}

/** Column names become attribute names as they are, without quotes, which a path into JSON can't hold. */
export function attributeName(column: string): string {
  return column.replaceAll('"', "'");
}
