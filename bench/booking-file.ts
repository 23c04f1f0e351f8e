import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { codeMaker } from '../src/core/codes/code.ts';
import { seededNumbers } from '../src/core/demo/seeded-numbers.ts';
import { toInstant } from '../src/core/time.ts';

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 5, 1);
const DAYS = 90;
const HEADER = 'booking_reference,email,code,amount,currency,status,booked_at,completed_at,updated_at,city\n';
const CITIES = ['Utrecht', 'Gent', 'Porto', 'Lyon', 'Köln', 'Sevilla'];

/** Codes as the program makes them, from a seed. */
export function makeCodes(count: number): readonly string[] {
  const next = seededNumbers(1);
  const bytes = (length: number) => Uint8Array.from({ length }, () => Math.floor(next() * 256));
  const make = codeMaker({ bytes });
  return [...new Set(Array.from({ length: count }, make))];
}

/**
 * Writes a booking export, in no order of time: most friends are new, one in twenty is a participant with an address of `participantEmail`; one
 * booking in ten is cancelled, one in twenty still to come, and one in fifty has a code that nobody has.
 */
export async function writeBookings(path: string, rows: number, codes: readonly string[]): Promise<void> {
  const file = createWriteStream(path, { highWaterMark: 1_048_576 });
  const next = seededNumbers(2);
  let text = HEADER;
  for (let row = 1; row <= rows; row += 1) {
    text += lineOf(row, codes, next);
    if (text.length < 1_048_576) continue;
    if (!file.write(text)) await once(file, 'drain');
    text = '';
  }
  file.end(text);
  await once(file, 'close');
}

/** The address of the participant with the code of that index. */
export function participantEmail(index: number): string {
  return `c${index}@home.example`;
}

function lineOf(row: number, codes: readonly string[], next: () => number): string {
  const booked = START + Math.floor(next() * DAYS * DAY_MS);
  const kind = next();
  const status = kind < 0.1 ? 'cancelled' : kind < 0.15 ? 'confirmed' : 'completed';
  const known = codes[Math.floor(next() * codes.length)] ?? '';
  const code = next() < 0.02 ? 'ZZZZZZZ9' : known;
  const done = status === 'completed' ? toInstant(booked + 3 * DAY_MS) : '';
  const amount = (50 + Math.floor(next() * 90_000) / 100).toFixed(2);
  const isParticipant = next() < 0.05;
  const other = participantEmail(Math.floor(next() * codes.length));
  const email = isParticipant ? other : `friend${row}@mail${row % 97}.example`;
  const who = `BR-${String(row).padStart(8, '0')},${email},${code}`;
  const times = `${toInstant(booked)},${done},${toInstant(booked + 4 * DAY_MS)}`;
  return `${who},${amount},EUR,${status},${times},${CITIES[row % CITIES.length] ?? ''}\n`;
}
