import type { Queries } from '../database/database.ts';
import { listJsonNames } from '../database/list-json-names.ts';
import { compileWhere } from '../selection/compile-where.ts';
import { customerFields } from '../selection/customer-fields.ts';
import type { Instant } from '../time.ts';
import { type CustomerRow, toCustomerRow } from './customer-row.ts';
import { listCustomerPage } from './list-customers-queries.ts';

export interface CustomerSelection {
  /** `--where` texts. */
  readonly where: readonly string[];
  readonly limit?: number | undefined;
  readonly offset: number;
  readonly now: Instant;
  readonly timezone: string | undefined;
}

export interface CustomerList {
  /** Every attribute that occurs, sorted: the columns after the fields. */
  readonly attributes: readonly string[];
  readonly rows: AsyncIterable<CustomerRow>;
}

const PAGE = 2_000;

/** Customers by `customer_id`, read page by page as they are asked for. Throws `usage` and `not_found` for a bad condition at once. */
export async function listCustomers(queries: Queries, selection: CustomerSelection): Promise<CustomerList> {
  const { where, now, timezone } = selection;
  const condition = await compileWhere(queries, where, customerFields, { now, timezone });
  const attributes = await listJsonNames(queries, 'customers', 'attributes');

  async function* readRows(): AsyncGenerator<CustomerRow> {
    let left = selection.limit ?? Number.POSITIVE_INFINITY;
    let { offset } = selection;
    let after: string | undefined;
    while (left > 0) {
      const limit = Math.min(PAGE, left);
      const page = await listCustomerPage(queries, condition, { after, offset, limit });
      for (const row of page) yield toCustomerRow(row);
      if (page.length < limit) return;
      left -= page.length;
      offset = 0;
      after = page.at(-1)?.customer_id;
    }
  }

  return { attributes, rows: readRows() };
}
