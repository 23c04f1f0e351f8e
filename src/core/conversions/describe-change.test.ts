import { expect, test } from 'vitest';
import { describeChange } from './describe-change.ts';

test('tells amounts, people and attributes of a change as people write them', () => {
  const told = describeChange(
    {
      status: ['confirmed', 'completed'],
      amount_minor: [12_000, 8_050],
      refunded_minor: [0, 500],
      code: [null, 'ABCD2345'],
      customer_ref: [null, 7],
      attributes: [
        { city: 'Gent', room: '1' },
        { city: 'Utrecht', room: '1', view: 'sea' },
      ],
    },
    'EUR',
    (ref) => `C-${ref}`,
  );
  expect(told).toEqual([
    'amount 120.00 → 80.50',
    'attributes.city Gent → Utrecht',
    'attributes.view none → sea',
    'code none → ABCD2345',
    'booked by nobody → C-7',
    'refunded 0.00 → 5.00',
  ]);
});
