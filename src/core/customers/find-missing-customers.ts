import type { Queries } from '../database/database.ts';
import { findLastCustomerKey, listImportedAfter } from './customer-queries.ts';

/** Customers of earlier imports that a file does not have. */
export interface MissingCustomers {
  readonly count: number;
  /** The first of them. */
  readonly customer_ids: readonly string[];
}

export interface SeenCustomers {
  /** Notes the key of a customer that the file has. */
  readonly add: (id: number) => void;
  findMissing(queries: Queries): Promise<MissingCustomers>;
}

const LISTED = 20;
const PAGE = 10_000;

/** Remembers which customers a file names, a bit for each: 125 kB for a million. */
export async function createSeenCustomers(queries: Queries): Promise<SeenCustomers> {
  const last = await findLastCustomerKey(queries);
  const bits = new Uint8Array((last >> 3) + 1);
  const has = (id: number) => ((bits[id >> 3] ?? 0) & (1 << (id & 7))) !== 0;

  async function findMissing(current: Queries): Promise<MissingCustomers> {
    const customerIds: string[] = [];
    let count = 0;
    let after = 0;
    while (after < last) {
      const page = await listImportedAfter(current, after, PAGE);
      const missing = page.filter(({ id }) => id <= last && !has(id));
      count += missing.length;
      customerIds.push(...missing.slice(0, LISTED - customerIds.length).map((row) => row.customer_id));
      after = page.at(-1)?.id ?? last;
    }
    return { count, customer_ids: customerIds };
  }

  return {
    add: (id) => {
      if (id <= last) bits[id >> 3] = (bits[id >> 3] ?? 0) | (1 << (id & 7));
    },
    findMissing,
  };
}
