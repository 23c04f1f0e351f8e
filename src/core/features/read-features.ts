import { countCustomers } from '../customers/count-customers.ts';
import type { Queries } from '../database/database.ts';
import type { Instant } from '../time.ts';
import { type CustomerFacts, FEATURES, PRESENT_FIELDS } from './feature-list.ts';
import { findMainCurrency, listAttributes, type Population, streamFacts } from './feature-queries.ts';

/** The features of one customer, in the order of `columns`; null where there is no value. Attributes are the texts that they are kept as. */
export interface FeatureRow {
  /** The integer key. */
  readonly ref: number;
  readonly customer_id: string;
  readonly cells: readonly (string | number | null)[];
  /** What became of them, with a population; else 0. */
  readonly outcome: number;
}

export interface FeatureTable {
  /** The features of the list, then `attributes.NAME`. */
  readonly columns: readonly string[];
  readonly rows: AsyncIterable<FeatureRow>;
}

// Attributes beyond these are in few rows.
const MOST_ATTRIBUTES = 40;
export const ATTRIBUTE_PREFIX = 'attributes.';

/**
 * The features of customers as of a time, in the order of their keys, in flat memory; nothing that happened later is in them. `queries`
 * is lent until the rows are read: a snapshot, of which one table is read at a time. `columns` asks for these, in their order, instead of all.
 */
export async function readFeatures(
  queries: Queries,
  at: Instant,
  { population, columns }: { readonly population?: Population; readonly columns?: readonly string[] } = {},
): Promise<FeatureTable> {
  const currency = await findMainCurrency(queries, at);
  const names = columns ?? [
    ...FEATURES.map(({ name }) => name),
    ...(await listAttributes(queries, MOST_ATTRIBUTES)).map((name) => `${ATTRIBUTE_PREFIX}${name}`),
  ];
  const readers = names.map(createReader);
  const milliseconds = Date.parse(at);
  async function* rows(): AsyncGenerator<FeatureRow> {
    for await (const facts of streamFacts(queries, at, currency, population)) {
      const { id, customer_id, outcome } = facts;
      const attributes = JSON.parse(facts.attributes) as Readonly<Record<string, string>>;
      const cells = readers.map((read) => read(facts, attributes, milliseconds) ?? null);
      yield { ref: id, customer_id, cells, outcome: Number(outcome) };
    }
  }
  return { columns: names, rows: rows() };
}

type Reader = (
  facts: CustomerFacts,
  attributes: Readonly<Record<string, string>>,
  at: number,
) => string | number | null | undefined;

function createReader(column: string): Reader {
  const feature = FEATURES.find(({ name }) => name === column);
  if (feature !== undefined) return (facts, _attributes, at) => feature.read(facts, at);
  const field = Object.hasOwn(PRESENT_FIELDS, column) ? PRESENT_FIELDS[column] : undefined;
  if (field !== undefined) return (facts) => field(facts);
  const name = column.startsWith(ATTRIBUTE_PREFIX) ? column.slice(ATTRIBUTE_PREFIX.length) : column;
  return (_facts, attributes) => (Object.hasOwn(attributes, name) ? attributes[name] : undefined);
}

/** How many rows `readFeatures` has without a population. */
export function countFeatureRows(queries: Queries): Promise<number> {
  return countCustomers(queries);
}

/** The column names that customers have: features, fields, attributes with and without the prefix. */
export async function listKnownColumns(queries: Queries): Promise<ReadonlySet<string>> {
  const attributes = await listAttributes(queries, 10_000);
  return new Set([
    ...FEATURES.map(({ name }) => name),
    ...Object.keys(PRESENT_FIELDS),
    ...attributes,
    ...attributes.map((name) => `${ATTRIBUTE_PREFIX}${name}`),
  ]);
}
