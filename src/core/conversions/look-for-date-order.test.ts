import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { lookForDateOrder } from './look-for-date-order.ts';

const HEAD = 'booking_reference,booked_at,completed_at\n';
const look = (rows: readonly string[]) =>
  lookForDateOrder(Readable.from([Buffer.from(HEAD + rows.join('\n'))]), { map: [] });
const open = Array.from({ length: 5_000 }, (_, at) => `B-${at},03/04/2026,`);

test('a day above twelve far down in a file of bookings tells the order of all its dates', async () => {
  expect(await look([...open, 'B-x,,25/04/2026'])).toBeUndefined();
  expect(await look([...open, 'B-x,25/04/2026,'])).toBe('dmy');
  expect(await look([...open, 'B-x,04/25/2026,'])).toBe('mdy');
});

test('nothing is told by dates that can all be read both ways, or by columns that differ', async () => {
  expect(await look(open)).toBeUndefined();
  const both = open.map((row) => `${row}05/06/2026`);
  expect(await look([...both, 'B-x,25/04/2026,04/25/2026'])).toBeUndefined();
});
