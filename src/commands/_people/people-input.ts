import { z } from 'zod';
import { listNamedPeople } from '../../core/customers/list-named-people.ts';
import type { PeopleNames } from '../../core/customers/people-names.ts';
import type { Person } from '../../core/customers/people-queries.ts';
import { readNamesFile } from '../../core/customers/read-names-file.ts';
import { type NamedPeople, usingNamedPeople } from '../../core/customers/using-named-people.ts';
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

/** Who is meant, by `customer_id`, to show them all. Throws `usage`, `input_missing`, `input_unusable`, `not_found`. */
export async function listPeople(
  context: Context,
  database: Database,
  input: PeopleInput,
): Promise<readonly Person[]> {
  return listNamedPeople(database.queries, await openNames(context, input), whenAndWhere(context));
}

/** Lends who is meant to `work`, however many they are. Throws the same. */
export async function usingPeople<T>(
  context: Context,
  database: Database,
  input: PeopleInput,
  options: { readonly allowStrangers: boolean; readonly keyring?: Keyring },
  work: (database: Database, found: NamedPeople) => Promise<T>,
): Promise<T> {
  const names = await openNames(context, input);
  return usingNamedPeople(database, names, { ...whenAndWhere(context), ...options }, work);
}

async function openNames(
  context: Context,
  { people, file, where, delimiter = 'auto', encoding = 'auto', headerLine, nothing = [] }: PeopleInput,
): Promise<PeopleNames> {
  const reading = parseReading({ delimiter, encoding, headerLine, nothing });
  const listed = file === undefined ? [] : readNamesFile(await context.openInput(file), reading);
  return { typed: people, listed, where };
}

function whenAndWhere({ clock, globals }: Context) {
  return { now: clock.now(), timezone: globals.timezone };
}
