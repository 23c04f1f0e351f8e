/*
 * Writes fixtures/bookings.csv and fixtures/bookings-update.csv: two successive exports of a fictional booking system, made for
 * fixtures/customers.csv. Everything follows from the seed, so the same files come out again: node scripts/make-bookings.ts
 * `referred_by` names the customer whose code is on the booking; the demo puts the code itself there.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { formatCsvRow } from '../src/core/csv/format-csv.ts';
import { seededNumbers } from '../src/core/demo/seeded-numbers.ts';
import { PLACES } from './customer-places.ts';

const SEED = 20_260_731;
const FIXTURES = join(import.meta.dirname, '..', 'fixtures');
const DAY_MS = 86_400_000;
const FIRST_DAY = Date.parse('2026-06-01T00:00:00Z');
/** Days of the contest on which the two exports were made. */
const FIRST_EXPORT = 60;
const SECOND_EXPORT = 69;
const FIRST_NAMES = [
  'Sanne',
  'Bram',
  'Noor',
  'Tess',
  'Milan',
  'Lotte',
  'Jonas',
  'Klara',
  'Emil',
  'Freja',
  'Luca',
  'Giulia',
  'Hugo',
  'Chloe',
  'Diego',
  'Lucia',
  'Oskar',
  'Maja',
  'Ines',
  'Rui',
];
const LAST_NAMES = [
  'Visser',
  'Bakker',
  'Peeters',
  'Jansen',
  'Lambert',
  'Moreau',
  'Fischer',
  'Wagner',
  'Lindberg',
  'Nielsen',
  'Rossi',
  'Conti',
  'Navarro',
  'Molina',
  'Kowalski',
  'Nowak',
  'Pereira',
  'Costa',
  'Byrne',
  'Walsh',
];
const DOMAINS = ['family.example', 'home.example', 'travel.example', 'guests.test'];

interface Booking {
  readonly reference: string;
  readonly day: number;
  readonly time: string;
  readonly email: string;
  readonly amount: string;
  readonly currency: string;
  readonly referredBy: string;
  readonly city: string;
  readonly region: string;
}

const random = seededNumbers(SEED);
const below = (limit: number): number => Math.floor(random() * limit);
const pick = <T>(list: readonly T[]): T => {
  const one = list[below(list.length)];
  if (one === undefined) throw new RangeError('nothing to pick from');
  return one;
};
const dayOf = (day: number): string => new Date(FIRST_DAY + day * DAY_MS).toISOString().slice(0, 10);
const twoDigits = (number: number): string => String(number).padStart(2, '0');

const customers = (
  parse(readFileSync(join(FIXTURES, 'customers.csv'), 'utf8'), {
    columns: true,
    relax_column_count: true,
  }) as Record<string, string>[]
)
  .filter(
    ({ customer_id: id, email, consent }) =>
      id !== undefined && email?.includes('@') === true && consent === 'granted',
  )
  .map(({ customer_id = '', email = '' }) => ({ id: customer_id, email }));

// A few share a lot, many once: the usual shape of word of mouth.
const sharers = Array.from({ length: 60 }, () => pick(customers));
const pickSharer = (): string => sharers[Math.floor(random() ** 1.7 * sharers.length)]?.id ?? '';

const bookings: Booking[] = [];
function book(day: number, more: Partial<Booking> = {}): Booking {
  const [city, region] = pick(pick(PLACES).cities);
  const number = bookings.length + 1;
  const name = `${pick(FIRST_NAMES)}.${pick(LAST_NAMES)}${below(4) === 0 ? number : ''}`.toLowerCase();
  const booking: Booking = {
    reference: `BK-${String(26_000 + number * 7)}`,
    day,
    time: `${twoDigits(7 + below(15))}:${twoDigits(below(60))}:${twoDigits(below(60))}`,
    email: `${name}@${pick(DOMAINS)}`,
    amount: (100 + Math.floor(random() ** 2 * 130_000) / 100).toFixed(2),
    currency: number % 55 === 0 ? 'GBP' : 'EUR',
    referredBy: '',
    city,
    region,
    ...more,
  };
  bookings.push(booking);
  return booking;
}

const known = new Set<string>();
/** A booking of somebody who has not booked before. */
function bookFriend(day: number, more: Partial<Booking> = {}): Booking {
  for (;;) {
    const booking = book(day, more);
    if (!known.has(booking.email)) {
      known.add(booking.email);
      return booking;
    }
    bookings.pop();
  }
}

for (let day = 1; day < FIRST_EXPORT; day += 1) {
  for (let count = 2 + below(4); count > 0; count -= 1) {
    bookFriend(day, { referredBy: below(8) === 0 ? '' : pickSharer() });
  }
}
const [first, second, third] = customers.slice(40, 43);
if (first === undefined || second === undefined || third === undefined)
  throw new RangeError('too few customers');
// What every contest meets: somebody's own code, an alias of the referrer, a code that was misheard …
book(12, { email: first.email, referredBy: first.id });
book(15, { email: second.email.replace('@', '+holiday@'), referredBy: second.id });
book(18, { referredBy: 'NOSUCH42' });
// … a friend who uses two codes, a booking that is too small, and a guest of last winter.
const twice = bookFriend(20, { referredBy: third.id, currency: 'EUR' });
book(26, { email: twice.email, referredBy: first.id });
book(22, { amount: '64.00', referredBy: third.id, currency: 'EUR' });
const guest = book(-19, { currency: 'EUR' });
book(30, { email: guest.email, referredBy: second.id });

const firstExport = [...bookings];
for (let day = FIRST_EXPORT; day < SECOND_EXPORT; day += 1) bookFriend(day, { referredBy: pickSharer() });

interface State {
  readonly status: string;
  readonly completedAt: string;
  readonly refunded: string;
  readonly updatedAt: string;
}

let refunds = 0;
function laterState({ day, amount }: Booking): State {
  const doneOn = day + 4 + below(24);
  const at = (on: number): string => `${dayOf(on)}T${twoDigits(8 + below(10))}:00:00`;
  const draw = random();
  if (day < FIRST_EXPORT - 5 && draw < 0.06)
    return {
      status: 'cancelled',
      completedAt: '',
      refunded: '',
      updatedAt: at(Math.min(day + 3, SECOND_EXPORT)),
    };
  if (doneOn > SECOND_EXPORT)
    return { status: 'confirmed', completedAt: '', refunded: '', updatedAt: at(day) };
  if (draw < 0.075) return { status: 'no_show', completedAt: '', refunded: '', updatedAt: at(doneOn) };
  const completedAt = at(doneOn);
  if (draw < 0.1 && refunds < 2) {
    refunds += 1;
    const isFull = refunds === 2;
    const refunded = isFull ? amount : (Number(amount) / 4).toFixed(2);
    return { status: isFull ? 'refunded' : 'completed', completedAt, refunded, updatedAt: at(SECOND_EXPORT) };
  }
  return { status: 'completed', completedAt, refunded: '', updatedAt: completedAt };
}

const HEADER = [
  'booking_reference',
  'booked_at',
  'guest_email',
  'amount',
  'currency',
  'status',
  'referred_by',
  'city',
  'region',
];
const byTime = (a: Booking, b: Booking): number =>
  `${dayOf(a.day)}${a.time}` < `${dayOf(b.day)}${b.time}` ? -1 : 1;
const cells = (booking: Booking, status: string): readonly string[] => [
  booking.reference,
  `${dayOf(booking.day)}T${booking.time}`,
  booking.email,
  booking.amount,
  booking.currency,
  status,
  booking.referredBy,
  booking.city,
  booking.region,
];
const write = (file: string, rows: readonly (readonly string[])[]): void =>
  writeFileSync(
    join(FIXTURES, file),
    rows.map((row) => `${formatCsvRow(row).replace(/\r?\n$/, '')}\n`).join(''),
  );

write('bookings.csv', [HEADER, ...firstExport.sort(byTime).map((booking) => cells(booking, 'confirmed'))]);
write('bookings-update.csv', [
  [...HEADER, 'completed_at', 'refunded_amount', 'updated_at'],
  ...bookings.sort(byTime).map((booking) => {
    const { status, completedAt, refunded, updatedAt } = laterState(booking);
    return [...cells(booking, status), completedAt, refunded, updatedAt];
  }),
]);
