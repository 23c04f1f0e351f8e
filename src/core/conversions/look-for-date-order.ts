import type { Readable } from 'node:stream';
import type { CsvOptions } from '../csv/csv-file.ts';
import type { DateOrder } from '../csv/parse-date.ts';
import { decideDateOrders } from '../customers/decide-date-orders.ts';
import { bookingDates, bookingFields } from './booking-fields.ts';

/**
 * Reads a file of bookings through for the order of day and month, if its first rows leave it open. Undefined when nothing tells, or when
 * its columns tell different orders. Throws `input_unusable` and `usage`.
 */
export async function lookForDateOrder(
  input: Readable,
  options: CsvOptions & { readonly map: readonly string[] },
): Promise<DateOrder | undefined> {
  const isDate = (name: string): boolean => bookingDates.includes(name);
  const orders = new Set(
    Object.values(await decideDateOrders(input, options, { fields: bookingFields, isDate })),
  );
  const [order] = orders;
  return orders.size === 1 ? order : undefined;
}
