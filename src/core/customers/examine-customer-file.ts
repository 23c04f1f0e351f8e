import type { Readable } from 'node:stream';
import type { CsvOptions } from '../csv/csv-file.ts';
import { mapColumns } from '../csv/map-columns.ts';
import { openCsv } from '../csv/open-csv.ts';
import type { Queries } from '../database/database.ts';
import { formatScaledInteger } from '../money.ts';
import type { Instant } from '../time.ts';
import type { RowOptions } from './cell-steps.ts';
import type { CustomerChange, CustomerData } from './customer.ts';
import { customerImportFields } from './customer-import-fields.ts';
import { listCustomersById, listHolders } from './examine-queries.ts';
import { changesOf, toBatches } from './import-batch.ts';
import { mergeCustomer } from './merge-customer.ts';
import { createRowForm } from './row-form.ts';
import { loadRowHashes } from './row-hash.ts';
import { createRowWriter } from './row-writer.ts';

/** What a dry run says about a file beside its counts. Of each list the first 20. */
export interface Examination {
  /** Customers that would be updated, with each field before and after. */
  readonly changes: {
    readonly customer_id: string;
    readonly fields: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;
  }[];
  readonly conflicts: {
    /** Addresses that another customer has by now. */
    readonly moved_addresses: Found<{ line: number; customer_id: string; held_by: string }>;
    /** Rows whose customer_id an earlier row has. */
    readonly repeated_ids: Found<{ line: number; customer_id: string }>;
    /** Rows whose address an earlier row has under another customer_id. */
    readonly shared_addresses: Found<{ line: number; customer_id: string; first_id: string }>;
  };
}

interface Found<One> {
  count: number;
  readonly first: One[];
}

export interface ExamineOptions extends CsvOptions, RowOptions {
  readonly map: readonly string[];
  /** Leave known customers as they are. */
  readonly skipsKnown: boolean;
}

interface Located {
  readonly line: number;
  readonly change: CustomerChange;
}

const LISTED = 20;
const EXAMINED_AT_ONCE = 2_000;
/** Rows that are compared with later ones; it bounds the memory. */
const COMPARED = 1_000_000;

/** Reads a customer file through and compares it with itself and with what is known; changes nothing. Throws as an import does. */
export async function examineCustomerFile(
  queries: Queries,
  input: Readable,
  options: ExamineOptions,
  now: Instant,
): Promise<Examination> {
  const examination = createExamination();
  const inside = createComparison(examination);
  try {
    const csv = await openCsv(input, options);
    const mapping = mapColumns(csv.header, customerImportFields, options.map);
    const form = createRowForm('jsonb', []);
    const writer = createRowWriter(
      { header: csv.header, mapping, sample: csv.sample },
      form,
      options,
      await loadRowHashes(),
    );
    for await (const batch of toBatches(csv.pieces, writer, EXAMINED_AT_ONCE)) {
      const good = changesOf(batch, writer.layout).map((change, at) => ({
        line: batch.lines[at] ?? 0,
        change,
      }));
      for (const row of good) inside(row);
      await findMoved(queries, good, examination);
      if (!options.skipsKnown) await findChanges(queries, good, examination, now);
    }
  } finally {
    input.destroy();
  }
  return examination;
}

function createExamination(): Examination {
  return {
    changes: [],
    conflicts: {
      moved_addresses: { count: 0, first: [] },
      repeated_ids: { count: 0, first: [] },
      shared_addresses: { count: 0, first: [] },
    },
  };
}

function add<One>(found: Found<One>, one: One): void {
  found.count += 1;
  if (found.first.length < LISTED) found.first.push(one);
}

function createComparison({ conflicts }: Examination): (row: Located) => void {
  const ids = new Set<string>();
  const holders = new Map<string, string>();
  return ({ line, change }) => {
    const { customer_id, fields } = change;
    if (ids.has(customer_id)) add(conflicts.repeated_ids, { line, customer_id });
    else if (ids.size < COMPARED) ids.add(customer_id);
    const key = fields.address_key ?? '';
    const first_id = holders.get(key);
    if (first_id === undefined) {
      if (holders.size < COMPARED) holders.set(key, customer_id);
    } else if (first_id !== customer_id) add(conflicts.shared_addresses, { line, customer_id, first_id });
  };
}

async function findMoved(
  queries: Queries,
  rows: readonly Located[],
  { conflicts }: Examination,
): Promise<void> {
  const keys = [...new Set(rows.map((row) => row.change.fields.address_key ?? ''))];
  const holders = new Map<string, string[]>();
  for (const { address_key, customer_id } of await listHolders(queries, keys)) {
    const known = holders.get(address_key ?? '') ?? [];
    holders.set(address_key ?? '', [...known, customer_id]);
  }
  for (const { line, change } of rows) {
    const held = holders.get(change.fields.address_key ?? '') ?? [];
    const [held_by] = held.includes(change.customer_id) ? [] : held;
    if (held_by !== undefined)
      add(conflicts.moved_addresses, { line, customer_id: change.customer_id, held_by });
  }
}

async function findChanges(
  queries: Queries,
  rows: readonly Located[],
  { changes }: Examination,
  now: Instant,
): Promise<void> {
  if (changes.length >= LISTED) return;
  const ids = [...new Set(rows.map((row) => row.change.customer_id))];
  const known = new Map((await listCustomersById(queries, ids)).map((one) => [one.customer_id, one]));
  for (const { change } of rows) {
    const stored = known.get(change.customer_id);
    if (stored === undefined || changes.length >= LISTED) continue;
    const { id, customer_id, erased_at, updated_at, ...before } = stored;
    const { data, changed } = mergeCustomer(before, change, updated_at, now);
    if (changed.length === 0) continue;
    // The first row of a customer that changes anything: what follows in the file builds on it.
    known.delete(customer_id);
    const fields = changed.map(
      (field) => [field, { from: valueAt(before, field), to: valueAt(data, field) }] as const,
    );
    changes.push({ customer_id, fields: Object.fromEntries(fields) });
  }
}

function valueAt(data: CustomerData, field: string): unknown {
  const prefix = 'attributes.';
  if (field.startsWith(prefix)) return data.attributes[field.slice(prefix.length)] ?? null;
  const value = data[field as keyof CustomerData];
  return field === 'total_spend' && typeof value === 'number' ? formatScaledInteger(value, 2) : value;
}
