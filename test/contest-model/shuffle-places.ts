import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Place } from './place.ts';

/** Languages that sort, fold case and write numbers in other ways. */
const LANGUAGES = ['en_US', 'tr_TR', 'de_DE', 'ar_EG'] as const;

/** Far east, far west, and with a quarter of an hour. */
export const ZONES = ['Pacific/Kiritimati', 'America/St_Johns', 'Asia/Kathmandu'] as const;

export interface Shuffled {
  readonly shuffles: number;
  readonly locales: readonly string[];
  /** Every different outcome, with what brought it first. One is as it should be. */
  readonly outcomes: Readonly<Record<string, string>>;
}

/**
 * Imports the same bookings in so many orders, each on a database of its own, in processes of four languages, and each of those in three time
 * zones, which on PostgreSQL are those of the server too.
 */
export async function shuffleInPlaces(
  place: Place,
  options: { readonly shuffles: number; readonly first: number; readonly languages?: readonly string[] },
): Promise<Shuffled> {
  const { shuffles, first, languages = LANGUAGES } = options;
  const outcomes: Record<string, string> = {};
  const locales: string[] = [];
  let done = 0;
  for (const [index, language] of languages.entries()) {
    const own = { ...place, name: `${place.name}_${language.toLowerCase()}` };
    const words = [JSON.stringify(own), first + index, first + shuffles, languages.length].map(String);
    const result = await runChild(words, `${language}.UTF-8`);
    for (const [outcome, where] of Object.entries(result.outcomes))
      outcomes[outcome] ??= `${where}, ${result.locale}`;
    locales.push(result.locale);
    done += result.shuffles;
  }
  return { shuffles: done, locales, outcomes };
}

interface ChildResult {
  readonly locale: string;
  readonly shuffles: number;
  readonly outcomes: Readonly<Record<string, string>>;
}

async function runChild(words: readonly string[], language: string): Promise<ChildResult> {
  const file = join(import.meta.dirname, '../children/shuffle.ts');
  const env = { ...process.env, LC_ALL: language, LANG: language };
  const child = spawn(process.execPath, [file, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`a shuffle in ${language} ended with ${code}: ${errors}`);
  return JSON.parse(output) as ChildResult;
}
