import { z } from 'zod';
import { type FoundPeople, findPeople } from '../../core/customers/find-people.ts';
import { readNamesFile } from '../../core/customers/read-names-file.ts';
import type { Database } from '../../core/database/database.ts';
import type { Keyring } from '../../core/settings/keyring.ts';
import type { ArgumentSpec, OptionSpec } from '../_runtime/command.ts';
import type { Context } from '../_runtime/context.ts';
import { parseReading, READING_OPTIONS, readingFields } from '../_runtime/csv-options.ts';

/** How every command about people lets them be named. */
export const PEOPLE_ARGUMENTS: readonly ArgumentSpec[] = [
  { syntax: '[people...]', description: 'customer_ids or addresses' },
];

export const PEOPLE_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--file <file>',
    description: 'a file of them: a CSV with customer_id or email, or one a line; - is standard input',
  },
  {
    flags: '--where <condition>',
    description: 'everyone for whom field op value holds; several are joined by AND',
    repeatable: true,
  },
  ...READING_OPTIONS,
];

/** What they become: spread it into the input schema. */
export const peopleFields = {
  people: z.array(z.string()).default([]),
  file: z.string().optional(),
  where: z.array(z.string()).default([]),
  ...readingFields,
};

export interface PeopleInput {
  readonly people: readonly string[];
  readonly file?: string | undefined;
  readonly where: readonly string[];
  readonly delimiter?: string;
  readonly encoding?: string;
  readonly headerLine?: number | undefined;
  readonly nothing?: readonly string[];
}

/** Who is meant. Throws `usage`, `input_missing`, `input_unusable`, `not_found`. */
export async function findNamedPeople(
  context: Context,
  database: Database,
  { people, file, where, delimiter = 'auto', encoding = 'auto', headerLine, nothing = [] }: PeopleInput,
  options: { readonly allowStrangers: boolean; readonly keyring?: Keyring },
): Promise<FoundPeople> {
  const reading = parseReading({ delimiter, encoding, headerLine, nothing });
  const listed = file === undefined ? [] : await readNamesFile(await context.openInput(file), reading);
  const { clock, globals } = context;
  return findPeople(
    database.queries,
    { typed: people, listed, where },
    { now: clock.now(), timezone: globals.timezone, ...options },
  );
}
