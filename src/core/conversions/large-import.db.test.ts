import { expect, test } from 'vitest';
import { createContestFixture } from '../../../test/contest-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import { verifySchema } from '../database/verify-schema.ts';

/** From 20,000 rows on, empty tables are loaded without their indexes, which are built at the end. */
const ROWS = 20_100;

describeEngines('a large import', (open) => {
  test('credits every booking once, finds each again, and leaves the schema as it was', {
    timeout: 120_000,
  }, async () => {
    const database = await open();
    const { importRows, codes } = await createContestFixture(database);
    const [one = '', two = ''] = [codes.get('C-1'), codes.get('C-2')];
    const codeOf = (index: number): string => [one, two, ''][index % 3] ?? '';
    const rows = Array.from({ length: ROWS }, (_, index) => [
      ...[`B-${index}`, `friend${index}@example.net`, codeOf(index), '100', 'completed', '2026-06-10'],
    ]);
    const header = ['booking_reference', 'email', 'code', 'amount', 'status', 'booked_at'];
    const third = ROWS / 3;
    const first = await importRows([header, ...rows]);
    expect(first).toMatchObject({ rows: ROWS, created: ROWS, rejected: 0, unattributed: third });
    expect(first.referrals.approved).toBe(2 * third);
    expect((await verifySchema(database)).drift).toEqual([]);
    const again = await importRows([
      header,
      ...rows.toReversed(),
      [`B-${ROWS}`, '', '', '1', 'confirmed', '2026-06-10'],
    ]);
    expect(again).toMatchObject({ created: 1, updated: 0, unchanged: ROWS, unattributed: third + 1 });
    expect(again.referrals).toEqual(first.referrals);
  });
});
