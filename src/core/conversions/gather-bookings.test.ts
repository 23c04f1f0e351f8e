import { expect, test } from 'vitest';
import type { CsvRecord } from '../csv/csv-file.ts';
import { createRowForm } from '../customers/row-form.ts';
import { gatherBookings } from './gather-bookings.ts';

test('long rows that are refused end a batch as good ones do', async () => {
  const raw = 'x'.repeat(300_000);
  async function* listPieces(): AsyncGenerator<readonly CsvRecord[]> {
    for (let line = 1; line <= 9; line += 1) yield [{ line, raw, cells: [raw] }];
  }
  const refuse = () => ({ fault: { field: 'amount', reason: 'is no amount' } });
  const batches = gatherBookings(listPieces(), refuse, createRowForm('copy', []));
  const sizes = await Array.fromAsync(batches, ({ count, refused }) => [count, refused.length]);
  expect(sizes).toEqual([
    [0, 4],
    [0, 4],
    [0, 1],
  ]);
});
