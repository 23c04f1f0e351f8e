import { expect, test } from 'vitest';
import { flattenPerson } from './flatten-person.ts';

test('a person is a row for each field, also of lists and of what is inside', () => {
  const person = {
    customer_id: '7',
    email: null,
    attributes: { city: 'Gent' },
    codes: [{ code: 'A' }, { code: 'B' }],
    bookings: [{ amount: '5.00', attributes: { room: 'D' } }],
    events: [],
  };
  expect(
    flattenPerson(person).map(({ section, item, field, value }) => [section, item, field, value]),
  ).toEqual([
    ['customer', null, 'customer_id', '7'],
    ['customer', null, 'email', null],
    ['customer', null, 'attributes.city', 'Gent'],
    ['codes', 1, 'code', 'A'],
    ['codes', 2, 'code', 'B'],
    ['bookings', 1, 'amount', '5.00'],
    ['bookings', 1, 'attributes.room', 'D'],
  ]);
});
