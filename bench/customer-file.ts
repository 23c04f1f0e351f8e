import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { formatCsvRow } from '../src/core/csv/format-csv.ts';
import { seededNumbers } from '../src/core/demo/seeded-numbers.ts';

const FIRST = ['Anna', 'Zoë', 'José', 'Jan', 'Marie', 'François', 'Jürgen', 'Lotte', 'Inés', 'Tom'];
const LAST = ['de Vries', 'Müller', 'García López', 'Dupont', "O'Neill", 'van den Berg', 'Smith', 'Peña'];
const CITIES = ['Ghent', 'Köln', 'San Sebastián', 'Utrecht', 'Washington, DC', 'The "Old" Town', 'Lyon'];
const DOMAINS = ['example.com', 'example.org', 'mail.example.net', 'gmail.com', 'outlook.com'];
const CONSENTS = ['granted', 'granted', 'granted', 'withdrawn', ''];
const HEADER = ['customer_id', 'email', 'first_name', 'last_name', 'tier', 'country', 'joined_at'];
const MORE = ['consent', 'consent_at', 'total_bookings', 'city'];

/** Writes a customer export of `rows` rows, about 110 bytes each, the same for the same seed. */
export async function writeCustomerFile(path: string, rows: number, seed: number): Promise<void> {
  const random = seededNumbers(seed);
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? '';
  const day = (): string =>
    new Date(Date.UTC(2015, 0, 1 + Math.floor(random() * 4_000))).toISOString().slice(0, 10);
  const stream = createWriteStream(path);
  let block = formatCsvRow([...HEADER, ...MORE]);
  for (let row = 1; row <= rows; row += 1) {
    const [first, last, consent] = [pick(FIRST), pick(LAST), pick(CONSENTS)];
    const email = `guest${row}.${Math.floor(random() * 1e6).toString(36)}@${pick(DOMAINS)}`;
    const tier = pick(['bronze', 'silver', 'gold', '']);
    const known = [
      `C-${String(row).padStart(8, '0')}`,
      email,
      first,
      last,
      tier,
      pick(['NL', 'DE', 'FR']),
      day(),
    ];
    block += formatCsvRow([...known, consent, consent && day(), Math.floor(random() * 40), pick(CITIES)]);
    if (block.length < 1_000_000) continue;
    if (!stream.write(block)) await once(stream, 'drain');
    block = '';
  }
  stream.end(block);
  await finished(stream);
}
