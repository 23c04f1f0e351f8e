import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seeded } from './servers/seeded.ts';

const HEADER = 'customer_id,email,name,tier,consent,consent_at,total_spend,city';
const TIERS = ['gold', 'silver', ''];
const CONSENTS = ['granted', 'withdrawn', ''];
const CITIES = ['Ghent', 'Köln', '"The ""Old"" Town"', '"Washington, DC"', 'San Sebastián'];

export interface ImportFiles {
  readonly first: string;
  /** Has customers of the first file, changed or not, new ones, some twice, and rows that are refused. */
  readonly second: string;
}

/**
 * Writes two customer files of so many rows that overlap by half, the same for the same seed. Who comes twice in one says the same about consent each time,
 * or nothing: rows count one after the other, and of a file that contradicts itself another run may begin with what the last row said.
 */
export async function writeImportFiles(folder: string, rows: number, seed: number): Promise<ImportFiles> {
  const random = seeded(seed);
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? '';
  const sayConsent = (): string => {
    const consent = pick(CONSENTS);
    return `${consent},${consent === '' || random() < 0.3 ? '' : `2026-0${1 + Math.floor(random() * 5)}-11`}`;
  };
  const row = (id: number, consent = sayConsent()): string => {
    const spend = (random() * 5_000).toFixed(2);
    return `C-${String(id).padStart(9, '0')},guest${id}.of.the.house@mail.example.com,Jan ${pick(CITIES).replaceAll(/[",]/g, '')} van den Berg,${pick(TIERS)},${consent},${spend},${pick(CITIES)}`;
  };
  const known = Array.from({ length: rows }, (_, at) => row(at + 1));
  const later = Array.from({ length: rows }, (_, at) => {
    const id = Math.floor(rows / 2) + at + 1;
    if (random() < 0.002) return `C-${id},nobody at all,Jan,,,,,`;
    if (random() < 0.001) return row(id - Math.floor(random() * 6_000) - 1, ',');
    return (random() < 0.5 ? known[id - 1] : undefined) ?? row(id);
  });
  const files = { first: join(folder, 'first.csv'), second: join(folder, 'second.csv') };
  await writeFile(files.first, `${HEADER}\n${known.join('\n')}\n`);
  await writeFile(files.second, `${HEADER}\n${later.join('\n')}\n`);
  return files;
}
