import { stat } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { Run } from '../../core/audit/run.ts';
import type { CsvFile, CsvOptions } from '../../core/csv/csv-file.ts';
import type { ColumnMapping } from '../../core/csv/map-columns.ts';
import { parseColumnOverrides } from '../../core/csv/map-columns.ts';
import { THREAD_FROM_BYTES } from '../../core/csv/read-on-thread.ts';
import type { AddressNotes } from '../../core/customers/address-counter.ts';
import { customerImportFields } from '../../core/customers/customer-import-fields.ts';
import { type DateOrders, decideDateOrders } from '../../core/customers/decide-date-orders.ts';
import {
  type Examination,
  type ExamineOptions,
  examineCustomerFile,
} from '../../core/customers/examine-customer-file.ts';
import { importCustomers } from '../../core/customers/import-customers.ts';
import { startCustomerReader } from '../../core/customers/open-import-source.ts';
import { findMappingGap } from '../../core/customers/preview-columns.ts';
import { findMapOfProfile, overrideMap, saveProfile } from '../../core/customers/profiles.ts';
import type { Database } from '../../core/database/database.ts';
import { endOnAbort } from '../../core/end-on-abort.ts';
import { ReferralError } from '../../core/errors.ts';
import { askMapping } from '../_people/ask-mapping.ts';
import { defineCommand } from '../_runtime/command.ts';
import type { Context } from '../_runtime/context.ts';
import {
  parseReading,
  parseSpelling,
  READING_OPTIONS,
  readingFields,
  SPELLING_OPTIONS,
  spellingFields,
} from '../_runtime/csv-options.ts';
import { showProgress } from '../_runtime/show-progress.ts';

export const command = defineCommand({
  name: 'customers import',
  summary: 'Take in a customer export: CSV of any kind',
  description: `Reads a CSV file, or standard input for -. Encoding, delimiter and the meaning of each column are found by themselves and printed; headers are recognised in English, Dutch, German, French and Spanish, and any other column becomes an attribute. A customer is known by customer_id: new ones are created, known ones updated, and an older or undated row never turns a withdrawn consent into a granted one. The file is taken in as a whole or not at all; rows that can't be used go to the rejects file with line, column and reason, and import again as they are once mended. See docs/importing.md.`,
  arguments: [{ syntax: '<file>', description: 'the CSV file; - is standard input' }],
  options: [
    {
      flags: '--map <column=field>',
      description: 'this column is that field, attributes.NAME, or nothing (column=); # is the line number',
      repeatable: true,
    },
    { flags: '--profile <name>', description: 'use a mapping that was saved with: referral profiles save' },
    ...READING_OPTIONS,
    ...SPELLING_OPTIONS,
    {
      flags: '--consent <consent>',
      description: 'what everyone has said whose row says nothing about consent',
      choices: ['granted', 'withdrawn', 'unknown'],
    },
    {
      flags: '--on-conflict <action>',
      description: 'what to do with customers that exist',
      choices: ['update', 'skip', 'fail'],
      defaultText: 'update',
    },
    { flags: '--rejects <file>', description: 'where refused rows go', defaultText: 'FILE.rejects.csv' },
    {
      flags: '--sync-missing <action>',
      description: 'report the customers of earlier imports that the file does not have',
      choices: ['ignore', 'report'],
      defaultText: 'ignore',
    },
  ],
  examples: [
    {
      line: 'referral customers import customers.csv',
      explains: 'take in an export; refused rows go to customers.rejects.csv',
      exitCode: 3,
    },
    {
      line: 'referral customers import customers.csv --dry-run --json',
      explains: 'count what would change, and change nothing',
      exitCode: 3,
    },
    {
      line: 'referral customers import customers.csv --map "city=attributes.town" --on-conflict skip',
      explains: 'say what a column is, and leave known customers as they are',
      exitCode: 3,
    },
  ],
  exitCodes: [3, 10, 11, 14, 17],
  changes: true,
  input: z.object({
    file: z.string(),
    map: z.array(z.string()).default([]),
    profile: z.string().optional(),
    ...readingFields,
    ...spellingFields,
    consent: z.enum(['granted', 'withdrawn', 'unknown']).optional(),
    onConflict: z.enum(['update', 'skip', 'fail']).default('update'),
    rejects: z.string().optional(),
    syncMissing: z.enum(['ignore', 'report']).default('ignore'),
  }),
  async run(context, options) {
    const { clock, globals, signal } = context;
    // What is wrong with the words themselves is told before anything is opened.
    parseColumnOverrides(options.map, customerImportFields);
    const reading = parseReading(options);
    const spelling = parseSpelling(options);
    const bytes = await sizeOfFile(context, options.file);
    const reader = bytes > THREAD_FROM_BYTES ? startCustomerReader() : undefined;
    const timezone = globals.timezone ?? (await context.config()).timezone;
    return context.usingRun(
      async (database, run) => {
        const fromProfile = await findMapOfProfile(database.queries, 'customers', options.profile);
        const known = overrideMap(fromProfile, options.map);
        const map = [...known, ...(await askForColumns(context, database, run, options, known))];
        const given = {
          ...reading,
          ...spelling,
          ...{ map, timezone, consent: options.consent },
          skipsKnown: options.onConflict === 'skip',
        };
        const { dateOrders, examination } = await lookAhead(context, database, options.file, given);
        const input = await context.openInput(options.file);
        const started = clock.milliseconds();
        let opened: CsvFile | undefined;
        const result = await showProgress(context, 'importing customers', (onProgress) =>
          importCustomers(
            database,
            input,
            {
              file: options.file,
              bytes: bytes < 0 ? undefined : bytes,
              ...{ ...given, dateOrders, onConflict: options.onConflict },
              rejectsPath: resolve(context.io.directory, options.rejects ?? defaultRejects(options.file)),
              force: globals.force,
              reportMissing: options.syncMissing === 'report',
              dryRun: globals.dryRun,
            },
            {
              ...{ clock, run, signal, reader, onProgress },
              onOpened: (file, mapping) => {
                opened = file;
                tellMapping(context, mapping);
              },
            },
          ),
        );
        // Told afterwards: the encoding may be decided by a byte far into the file.
        for (const finding of opened?.findings ?? []) context.detail(finding);
        const { addresses, ...figures } = result;
        const more = { ...tellExamination(context, examination), ...tellAddresses(context, addresses) };
        const data = { ...figures, ...more, duration_ms: clock.milliseconds() - started };
        const shown = result.rejects_file === null ? null : (options.rejects ?? defaultRejects(options.file));
        return {
          kind: 'object',
          data: { ...data, rejects_file: shown },
          ...(result.rejected > 0 ? { exitCode: 3 as const, next: whatNext(shown) } : {}),
        };
      },
      { lock: 'import-customers' },
    );
  },
});

/** `exports/customers.csv` → `customers.rejects.csv`, in the current folder. */
function defaultRejects(file: string): string {
  return file === '-' ? 'customers.rejects.csv' : `${basename(file, extname(file))}.rejects.csv`;
}

function tellMapping(context: Context, { mapping }: ColumnMapping): void {
  const parts = Object.entries(mapping).map(([column, field]) =>
    field === null ? `${column} (left out)` : field === column ? column : `${column} → ${field}`,
  );
  // With --json the result has the mapping, and an error stays the only line on stderr.
  if (context.globals.format === 'json') return;
  context.note(`Columns: ${parts.join(', ')}`);
}

/** On a terminal a file whose columns are not understood is asked about; everywhere else it is refused. */
async function askForColumns(
  context: Context,
  database: Database,
  run: Run,
  options: CsvOptions & { readonly file: string },
  map: readonly string[],
): Promise<readonly string[]> {
  const { io, globals, clock } = context;
  if (!io.stdinIsTerminal || !io.stderrIsTerminal || globals.noInput) return [];
  if (!(await isRegularFile(context, options.file))) return [];
  const { encoding, delimiter, headerLine } = options;
  const reading = { encoding, delimiter, headerLine, map };
  const gap = await findMappingGap(await context.openInput(options.file), reading);
  if (gap === undefined) return [];
  const prompts = await import('@inquirer/prompts');
  const streams = { input: io.stdin, output: io.stderr };
  const answer = await askMapping(gap, {
    select: (message, choices) => prompts.select({ message, choices }, streams),
    input: (message) => prompts.input({ message }, streams),
  });
  if (answer.profile === undefined) return answer.map;
  const all = parseColumnOverrides([...map, ...answer.map], customerImportFields);
  await saveProfile(
    database,
    { clock, run, dryRun: globals.dryRun },
    {
      name: answer.profile,
      kind: 'customers',
      definition: {
        map: Object.fromEntries(all.map(({ column, target }) => [column, target])),
        status_map: {},
      },
    },
  );
  if (!globals.dryRun) context.note(`Kept: from now on, --profile ${answer.profile}`);
  return answer.map;
}

interface Ahead {
  readonly dateOrders?: DateOrders;
  readonly examination?: Examination;
}

/** What has to be known before the rows are taken in. Only a regular file can be read twice: not a pipe. */
async function lookAhead(
  context: Context,
  { queries }: Database,
  file: string,
  given: ExamineOptions,
): Promise<Ahead> {
  if (!(await isRegularFile(context, file))) return {};
  const dateOrders =
    given.dateOrder === undefined ? await decideDateOrders(await openAhead(context, file), given) : {};
  if (!context.globals.dryRun) return { dateOrders };
  const input = await openAhead(context, file);
  const options = { ...given, dateOrders };
  return {
    dateOrders,
    examination: await examineCustomerFile(queries, input, options, context.clock.now()),
  };
}

// Both read the whole file, and Ctrl-C need not wait for that.
async function openAhead({ openInput, signal }: Context, file: string): Promise<Readable> {
  return endOnAbort(
    await openInput(file),
    signal,
    () =>
      new ReferralError('interrupted', 'the import was interrupted before it began', {
        hint: 'Run the same command again.',
      }),
  );
}

async function isRegularFile(context: Context, file: string): Promise<boolean> {
  return (await sizeOfFile(context, file)) >= 0;
}

/** In bytes; negative where it is no regular file. */
async function sizeOfFile({ io }: Context, file: string): Promise<number> {
  if (file === '-') return -1;
  try {
    const state = await stat(resolve(io.directory, file));
    return state.isFile() ? state.size : -1;
  } catch {
    // The import itself says what is wrong with it.
    return -1;
  }
}

/** Scripts get it as a part of the result, a person as lines. */
function tellExamination(context: Context, examination: Examination | undefined): Partial<Examination> {
  const { format } = context.globals;
  if (examination === undefined) return {};
  if (format === 'json' || format === 'ndjson') return examination;
  const { changes, conflicts } = examination;
  for (const { customer_id, fields } of changes) {
    const parts = Object.entries(fields).map(
      ([name, { from, to }]) => `${name} ${from ?? '(nothing)'} → ${to ?? '(nothing)'}`,
    );
    context.note(`${customer_id}: ${parts.join(', ')}`);
  }
  const counts: readonly (readonly [number, string])[] = [
    [conflicts.moved_addresses.count, 'rows have an address that another customer has by now'],
    [conflicts.repeated_ids.count, 'rows have the customer_id of an earlier row'],
    [conflicts.shared_addresses.count, 'rows have the address of an earlier row under another customer_id'],
  ];
  for (const [count, text] of counts) if (count > 0) context.warn(`${count} ${text}`);
  return {};
}

function tellAddresses(context: Context, addresses: AddressNotes): { readonly addresses?: AddressNotes } {
  const { format } = context.globals;
  if (format === 'json' || format === 'ndjson') return { addresses };
  const { disposable, role, suggestions } = addresses;
  if (disposable > 0) context.warn(`${disposable} rows have an address of a provider of disposable ones`);
  if (role > 0) context.warn(`${role} rows have an address of a role, such as info@, not of a person`);
  for (const { domain, suggestion, rows } of suggestions)
    context.warn(`${rows} rows have an address at ${domain}: did you mean ${suggestion}?`);
  return {};
}

function whatNext(rejects: string | null): string[] {
  return rejects === null ? [] : [`referral customers import ${rejects}   # once its rows are mended`];
}
