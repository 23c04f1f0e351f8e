/*
 * Writes fixtures/customers.csv: 2,000 fictional customers and five rows that an import must refuse. Everything follows from the seed, so
 * the same file comes out again: node scripts/make-customers.ts
 * Addresses are under domains that nobody can own (RFC 2606, RFC 6761), names are common first and family names combined at random.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatCsvRow } from '../src/core/csv/format-csv.ts';
import { seededNumbers } from '../src/core/demo/seeded-numbers.ts';
import { PLACES, type Place } from './customer-places.ts';

const SEED = 20_260_601;
const CUSTOMERS = 2_000;
/** The day before the contest of the demo begins. */
const LAST_DAY = Date.parse('2026-05-31T00:00:00Z');
const DAY_MS = 86_400_000;

const HEADER = [
  'customer_id',
  'email',
  'first_name',
  'last_name',
  'tier',
  'locale',
  'country',
  'city',
  'region',
  'joined_at',
  'last_active_at',
  'consent',
  'consent_at',
  'total_bookings',
  'total_spend',
  'phone',
  'timezone',
];
const DOMAINS = [
  'example.com',
  'example.org',
  'example.net',
  'mail.example',
  'post.example',
  'inbox.test',
  'letters.test',
];

const random = seededNumbers(SEED);
const below = (limit: number) => Math.floor(random() * limit);
const pick = <T>(list: readonly T[]): T => {
  const one = list[below(list.length)];
  if (one === undefined) throw new RangeError('nothing to pick from');
  return one;
};
const dayBefore = (days: number) => new Date(LAST_DAY - days * DAY_MS);
const asDay = (date: Date) => date.toISOString().slice(0, 10);
const asTime = (date: Date) =>
  new Date(date.getTime() + below(86_400) * 1_000).toISOString().replace('.000Z', 'Z');

function pickPlace(): Place {
  let left = random() * PLACES.reduce((sum, place) => sum + place.share, 0);
  for (const place of PLACES) {
    left -= place.share;
    if (left < 0) return place;
  }
  return pick(PLACES);
}

function ascii(name: string): string {
  const plain = name
    .replaceAll('ß', 'ss')
    .replaceAll('ø', 'o')
    .replaceAll('ł', 'l')
    .replaceAll('Ł', 'L')
    .replaceAll('Ø', 'O');
  return plain
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z]+/g, '.')
    .replace(/^\.|\.$/g, '');
}

function emailOf(first: string, last: string, index: number): string {
  const [a, b] = [
    ascii(first.normalize('NFD').replace(/\p{M}/gu, '')),
    ascii(last.normalize('NFD').replace(/\p{M}/gu, '')),
  ];
  const local = pick([`${a}.${b}`, `${a[0] ?? 'x'}.${b}`, `${a}${b}`, `${b}.${a}`]);
  return `${local}${index}@${pick(DOMAINS)}`;
}

function phoneOf(place: Place): string {
  // The block of British mobile numbers that is kept free for films.
  if (place.country === 'GB') return `${place.prefix} 900${String(below(1_000)).padStart(3, '0')}`;
  return `${place.prefix} ${String(below(1_000)).padStart(3, '0')} ${String(below(10_000)).padStart(4, '0')}`;
}

function consentOf(joined: Date): [string, string] {
  const kind = random();
  if (kind < 0.85) return ['granted', asTime(joined)];
  if (kind < 0.93) return ['withdrawn', asTime(dayBefore(below(300)))];
  return kind < 0.97 ? ['unknown', ''] : ['', ''];
}

function rowOf(index: number): string[] {
  const place = pickPlace();
  const [city, region] = pick(place.cities);
  const first = pick(place.first);
  const last = pick(place.last);
  const joinedDays = random() < 0.06 ? below(25) : 30 + below(2_600);
  const joined = dayBefore(joinedDays);
  const isActive = random() < 0.55;
  const active = dayBefore(Math.min(joinedDays, isActive ? below(80) : 90 + below(700)));
  const bookings = Math.floor(random() ** 2.5 * (isActive ? 14 : 6));
  const spend = bookings === 0 ? 0 : bookings * (8_000 + below(90_000)) + below(100);
  const tier = bookings >= 9 ? 'premium' : bookings >= 5 ? 'gold' : bookings >= 2 ? 'silver' : 'standard';
  return [
    `C-${String(index).padStart(4, '0')}`,
    emailOf(first, last, index),
    first,
    last,
    tier,
    place.locale,
    place.country,
    city,
    region,
    asDay(joined),
    asTime(active),
    ...consentOf(joined),
    String(bookings),
    (spend / 100).toFixed(2),
    random() < 0.8 ? phoneOf(place) : '',
    place.timezone,
  ];
}

/** Writes `value` into a column of a row. */
function put(rows: readonly string[][], index: number, column: string, value: string): void {
  const row = rows[index - 1];
  if (row === undefined) throw new RangeError(`no customer ${index}`);
  row[HEADER.indexOf(column)] = value;
}

const rows = Array.from({ length: CUSTOMERS }, (_, index) => rowOf(index + 1));

// The first twenty may be mailed: examples, tests and the bookings of the demo name them.
for (let index = 1; index <= 20; index += 1) {
  put(rows, index, 'consent', 'granted');
  put(rows, index, 'consent_at', '2026-05-04T09:30:00Z');
}
// What real exports have: commas and quotes inside names, cities of two words, two customers with one mailbox or one telephone.
put(rows, 57, 'last_name', 'Whitfield, Jr.');
put(rows, 214, 'first_name', 'Aoife "Effie"');
put(rows, 873, 'last_name', "O'Brien-Müller");
put(rows, 640, 'email', 'Marta.Kowalczyk@example.org');
put(rows, 1_641, 'email', 'marta.kowalczyk@EXAMPLE.org');
put(rows, 702, 'email', 'jonas.lindqvist@mail.example');
put(rows, 1_350, 'email', 'Jonas.Lindqvist@mail.example');
put(rows, 120, 'phone', '+31 20 555 0142');
put(rows, 121, 'phone', '+31 20 555 0142');

const bad = [
  { after: 150, column: 'email', value: 'jan.de.vries(at)example.com' },
  { after: 480, column: 'customer_id', value: '' },
  { after: 905, column: 'joined_at', value: '31-02-2025' },
  { after: 1_322, column: 'email', value: 'sophie@@example.net' },
  { after: 1_777, column: 'total_bookings', value: 'several' },
];
const template = rows.map((row) => [...row]);
const lines: string[] = [formatCsvRow(HEADER)];
for (const [index, row] of rows.entries()) {
  lines.push(formatCsvRow(row, { raw: true }));
  const fault = bad.find((one) => one.after === index + 1);
  if (fault === undefined) continue;
  const copy = [...(template[index] ?? [])];
  copy[0] = `C-9${String(fault.after).padStart(4, '0')}`;
  copy[1] = `refused${fault.after}@example.com`;
  copy[HEADER.indexOf(fault.column)] = fault.value;
  lines.push(formatCsvRow(copy, { raw: true }));
}
writeFileSync(join(import.meta.dirname, '../fixtures/customers.csv'), lines.join(''));
