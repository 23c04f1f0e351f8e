import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { decideDateOrders } from './decide-date-orders.ts';

const HEAD = 'customer_id,email,joined_at,consent_at\n';
const decide = (text: string) => decideDateOrders(Readable.from([Buffer.from(HEAD + text)]), { map: [] });
const rows = (joined: string, consent = '', count = 1) =>
  `1,a@example.com,${joined},${consent}\n`.repeat(count);

test('reads the whole column where its first rows leave the order open', async () => {
  const late = rows('01/02/2026', '2026-01-01', 3_000) + rows('02/13/2026');
  expect(await decide(late)).toEqual({ joined_at: 'mdy' });
});

test('each column has its own order', async () => {
  const late = rows('01/02/2026', '03/04/2026', 600) + rows('02/13/2026', '13/02/2026');
  expect(await decide(late)).toEqual({ joined_at: 'mdy', consent_at: 'dmy' });
});

test('dates of both orders, and none that tells, leave it open', async () => {
  const both = rows('01/02/2026', '', 600) + rows('02/13/2026') + rows('13/02/2026');
  expect(await decide(both)).toEqual({});
  expect(await decide(rows('01/02/2026', '', 600))).toEqual({});
});

test('a file whose first rows tell is read no further', async () => {
  const input = Readable.from([
    Buffer.from(HEAD + rows('01/02/2026') + rows('13/02/2026')),
    Buffer.from('x'),
  ]);
  expect(await decideDateOrders(input, { map: [] })).toEqual({});
  expect(input.destroyed).toBe(true);
});
