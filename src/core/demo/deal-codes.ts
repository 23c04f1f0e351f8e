import { parse } from 'csv-parse/sync';
import { formatCsvRow } from '../csv/format-csv.ts';
import { shiftDates } from './demo-calendar.ts';

/**
 * Turns the demo's bookings into the export of a booking system: the column `referred_by` (a `customer_id`) becomes
 * `code`, with the code that this customer shares; other values of it are kept as they were written.
 */
export function dealCodes(csv: string, codes: ReadonlyMap<string, string>, shiftDays: number): string {
  const [header = [], ...rows] = parse(csv) as string[][];
  const referredBy = header.indexOf('referred_by');
  const deal = (cell: string, index: number): string =>
    index === referredBy ? (codes.get(cell) ?? cell) : shiftDates(cell, shiftDays);
  const lines = [
    header.map((name) => (name === 'referred_by' ? 'code' : name)),
    ...rows.map((row) => row.map(deal)),
  ];
  return lines.map((cells) => formatCsvRow(cells, { raw: true })).join('');
}
