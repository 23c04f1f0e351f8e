import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mapColumns } from '../csv/map-columns.ts';
import { openCsv } from '../csv/open-csv.ts';
import { customerImportFields } from './customer-import-fields.ts';
import { createRowForm } from './row-form.ts';
import { loadRowHashes } from './row-hash.ts';
import { createRowWriter } from './row-writer.ts';

const SHARED = join(import.meta.dirname, '../../../../shared/data');

/** What an import would make of a file: rows, bad rows by column, and the first good one. */
async function readCustomers(name: string, map: readonly string[]) {
  const csv = await openCsv(createReadStream(join(SHARED, name)));
  const mapping = mapColumns(csv.header, customerImportFields, map);
  const source = { header: csv.header, mapping, sample: csv.sample };
  const writer = createRowWriter(
    source,
    createRowForm('jsonb', []),
    { timezone: 'UTC' },
    await loadRowHashes(),
  );
  const refused: Record<string, number> = {};
  let rows = 0;
  for await (const batch of csv.batches) {
    rows += batch.length;
    for (const record of batch) {
      const row = writer.text.write(record);
      if (typeof row === 'string') continue;
      const column = row.column ?? '(row)';
      refused[column] = (refused[column] ?? 0) + 1;
    }
  }
  return { rows, refused, columns: csv.header.length, encoding: csv.encoding, delimiter: csv.delimiter };
}

describe.skipIf(!existsSync(SHARED))(
  'real exports (skipped without ../shared/data)',
  { timeout: 60_000 },
  () => {
    test('bookings of two hotels as a customer file: every row is read and refused for its address alone', async () => {
      const file = await readCustomers('hotel_bookings.csv', [
        'hotel=customer_id',
        'arrival_date_month=email',
      ]);
      expect(file).toEqual({
        rows: 119_390,
        columns: 32,
        refused: { arrival_date_month: 119_390 },
        encoding: 'utf-8',
        delimiter: ',',
      });
    });

    test('where a mapped column says nothing, the row is refused for that one', async () => {
      const { rows, refused } = await readCustomers('hotel_bookings.csv', [
        'company=customer_id',
        'reservation_status_date=email',
      ]);
      // 112,593 bookings have no company.
      expect([rows, refused]).toEqual([119_390, { company: 112_593, reservation_status_date: 6_797 }]);
    });

    test('the e-mail challenge with line numbers for ids', async () => {
      const { rows, refused } = await readCustomers('hillstrom.csv', ['#=customer_id', 'zip_code=email']);
      expect([rows, refused]).toEqual([64_000, { zip_code: 64_000 }]);
    });

    test.each([
      ['agency/bookings.csv', 54_288],
      ['agency/hotel_bookings.csv', 88_577],
      ['agency/user_bookings.csv', 13_892],
    ])('%s', async (name, expected) => {
      const map = name.endsWith('user_bookings.csv')
        ? ['UserID=customer_id', 'HotelID=email']
        : ['BookingID=customer_id', 'ProviderID=email'];
      const { rows, columns, refused } = await readCustomers(name, map);
      expect([rows, columns, Object.values(refused)]).toEqual([expected, 5, [expected]]);
    });
  },
);
