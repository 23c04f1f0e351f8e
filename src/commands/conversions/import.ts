import { stat } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { z } from 'zod';
import { bookingFields } from '../../core/conversions/booking-fields.ts';
import {
  type ImportBookingsOptions,
  type ImportBookingsResult,
  importBookings,
} from '../../core/conversions/import-bookings.ts';
import { lookForDateOrder } from '../../core/conversions/look-for-date-order.ts';
import { createStatusMap } from '../../core/conversions/parse-booking-status.ts';
import { parseColumnOverrides } from '../../core/csv/map-columns.ts';
import type { DateOrder } from '../../core/csv/parse-date.ts';
import { findMapOfProfile, getProfile, overrideMap } from '../../core/customers/profiles.ts';
import type { Queries } from '../../core/database/database.ts';
import { endOnAbort } from '../../core/end-on-abort.ts';
import { ReferralError } from '../../core/errors.ts';
import { showDecided } from '../_conversions/show-decided.ts';
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

const MOST_WARNINGS = 10;

export const command = defineCommand({
  name: 'conversions import',
  summary: 'Take in a booking export and decide the referrals',
  description:
    'Reads a CSV file, or standard input for -. A booking is known by source and booking_reference: new ones are created, known ones follow the export (completed, cancelled, refunded, another amount, a code added later), and an older state than the one known is ignored. Each booking with a code is then credited to its owner, or refused by a named rule of the contest. The file is taken in as a whole or not at all; the same file again changes nothing. Rows that cannot be used go to the rejects file. See docs/conversions.md.',
  arguments: [{ syntax: '<file>', description: 'the CSV file; - is standard input' }],
  options: [
    { flags: '--contest <slug>', description: 'the contest that the bookings are for (required)' },
    { flags: '--source <name>', description: 'the booking system', defaultText: 'bookings' },
    {
      flags: '--map <column=field>',
      description: 'this column is that field, attributes.NAME, or nothing (column=)',
      repeatable: true,
    },
    {
      flags: '--status-map <value=status>',
      description: 'this value of the status column is that status',
      repeatable: true,
    },
    { flags: '--profile <name>', description: 'use a mapping that was saved with: referral profiles save' },
    { flags: '--rejects <file>', description: 'where refused rows go', defaultText: 'FILE.rejects.csv' },
    ...READING_OPTIONS,
    ...SPELLING_OPTIONS,
  ],
  examples: [
    {
      line: 'referral conversions import bookings-2.csv --contest summer-referral',
      explains: 'take in an export; run again, it changes nothing',
    },
    {
      line: 'referral conversions import bookings-2.csv --contest summer-referral --dry-run --json',
      explains: 'see transitions and referrals first',
    },
    {
      line: 'referral conversions import bookings-1.csv --contest summer-referral --source phone --map "city=attributes.town" --status-map "Checked out=completed"',
      explains: 'another booking system, with columns and statuses of its own',
    },
  ],
  exitCodes: [3, 5, 10, 11, 14, 17],
  changes: true,
  input: z.object({
    file: z.string(),
    contest: z.string({ error: '--contest SLUG is required' }),
    source: z.string().min(1).default('bookings'),
    map: z.array(z.string()).default([]),
    statusMap: z.array(z.string()).default([]),
    profile: z.string().optional(),
    rejects: z.string().optional(),
    ...readingFields,
    ...spellingFields,
  }),
  async run(context, options) {
    parseColumnOverrides(options.map, bookingFields);
    createStatusMap(options.statusMap);
    const reading = { ...parseReading(options), ...parseSpelling(options) };
    const { clock, globals, signal } = context;
    const { currency } = await context.config();
    const rejects = options.rejects ?? defaultRejects(options.file);
    return context.usingRun(
      async (database, run) => {
        const fromProfile = await findMapOfProfile(database.queries, 'bookings', options.profile);
        const statusMap = [
          ...(await statusesOfProfile(database.queries, options.profile)),
          ...options.statusMap,
        ];
        const map = overrideMap(fromProfile, options.map);
        const foundDateOrder = await lookAhead(context, options.file, { ...reading, map });
        const input = await context.openInput(options.file);
        const started = clock.milliseconds();
        const result = await showImporting(context, (importing) =>
          importBookings(
            { database, clock, run, signal },
            {
              ...{ input, file: options.file, contest: options.contest, source: options.source, currency },
              ...{ map, statusMap, foundDateOrder, timezone: globals.timezone },
              ...{ ...reading, force: globals.force, dryRun: globals.dryRun, ...importing },
              rejects: resolve(context.io.directory, rejects),
            },
          ),
        );
        tell(context, result);
        const rejectsFile = result.rejects_file === null ? null : rejects;
        return {
          kind: 'object',
          data: { ...result, rejects_file: rejectsFile, duration_ms: clock.milliseconds() - started },
          ...(result.rejected > 0 ? { exitCode: 3 as const } : {}),
          next: [
            ...(rejectsFile === null
              ? []
              : [
                  `referral conversions import ${rejectsFile} --contest ${options.contest}   # once its rows are mended`,
                ]),
            `referral conversions list --contest ${options.contest}`,
            `referral rewards compute --contest ${options.contest}`,
          ],
        };
      },
      { lock: 'bookings' },
    );
  },
});

// Reading, bringing up to date, deciding: shown one after the other.
function showImporting<T>(
  context: Context,
  work: (importing: Pick<ImportBookingsOptions, 'onProgress' | 'onStep' | 'onDecided'>) => Promise<T>,
): Promise<T> {
  return showProgress(context, 'reading bookings', (onProgress) =>
    showProgress(context, 'bringing bookings up to date, steps', (onStep) =>
      showDecided(context, ({ onDecided }) => work({ onProgress, onStep, onDecided })),
    ),
  );
}

type Spelling = ReturnType<typeof parseReading> & ReturnType<typeof parseSpelling>;

// Only a regular file can be read twice: not a pipe.
async function lookAhead(
  { io, openInput, signal }: Context,
  file: string,
  given: Spelling & { readonly map: readonly string[] },
): Promise<DateOrder | undefined> {
  if (given.dateOrder !== undefined || file === '-') return undefined;
  const state = await stat(resolve(io.directory, file)).catch(() => undefined);
  // The import itself says what is wrong with any other.
  if (state?.isFile() !== true) return undefined;
  const input = endOnAbort(
    await openInput(file),
    signal,
    () =>
      new ReferralError('interrupted', 'the import was interrupted before it began', {
        hint: 'Run the same command again.',
      }),
  );
  return lookForDateOrder(input, given);
}

async function statusesOfProfile(queries: Queries, name: string | undefined): Promise<readonly string[]> {
  if (name === undefined) return [];
  const { status_map } = await getProfile(queries, name);
  return Object.entries(status_map).map(([value, status]) => `${value}=${status}`);
}

/** `exports/bookings.csv` → `bookings.rejects.csv`, in the current folder. */
function defaultRejects(file: string): string {
  return file === '-' ? 'bookings.rejects.csv' : `${basename(file, extname(file))}.rejects.csv`;
}

function tell(context: Context, { code_problems, known_file, mapping }: ImportBookingsResult): void {
  if (known_file) context.note('This file was imported before: nothing was changed.');
  const attributes = Object.values(mapping).filter((field) => field?.startsWith('attributes.') === true);
  if (attributes.length > 0) context.detail(`Kept as attributes: ${attributes.join(', ')}`);
  for (const { line, code, problem, nearest } of code_problems.slice(0, MOST_WARNINGS)) {
    const what = problem === 'unknown' ? 'belongs to nobody' : 'is no valid code';
    context.warn(`Line ${line}: ${code} ${what}${nearest === null ? '' : `; the nearest one is ${nearest}`}`);
  }
  if (code_problems.length > MOST_WARNINGS) {
    context.warn(`… and ${code_problems.length - MOST_WARNINGS} more codes; --json lists them.`);
  }
}
