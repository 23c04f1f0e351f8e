import type { Readable } from 'node:stream';
import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import { type Contest, getContest } from '../contests/get-contest.ts';
import { openCsv } from '../csv/open-csv.ts';
import type { DateOrder } from '../csv/parse-date.ts';
import type { DecimalMark } from '../csv/parse-decimal.ts';
import { createRejectsFile } from '../csv/rejects-file.ts';
import type { Database, Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { endOnAbort } from '../end-on-abort.ts';
import { ReferralError } from '../errors.ts';
import { getReferralCounts, type ReferralCounts } from './advance-referrals.ts';
import { applyBookingBatch } from './apply-booking-batch.ts';
import { assertFeedable } from './assert-feedable.ts';
import {
  analyzeBookings,
  findImport,
  finishImport,
  insertImport,
  listOtherContests,
} from './booking-queries.ts';
import { contentKey } from './content-key.ts';
import { evaluateReferrals } from './evaluate-referrals.ts';
import type { CodeProblem } from './find-code-problems.ts';
import { createStatusMap } from './parse-booking-status.ts';
import { type BookingReading, mapBookingColumns, readBookingFile } from './read-booking-file.ts';

/** From so many rows on, the planner of PostgreSQL gets fresh figures before the referrals are decided. */
const LARGE = 20_000;

export interface ImportBookingsOptions {
  readonly input: Readable;
  /** What it is called in the result and the audit log. */
  readonly file: string;
  readonly contest: string;
  readonly source: string;
  readonly map: readonly string[];
  readonly statusMap: readonly string[];
  readonly delimiter?: string | undefined;
  readonly encoding?: string | undefined;
  readonly headerLine?: number | undefined;
  /** Where the columns leave it open, or say something else. */
  readonly dateOrder?: DateOrder | undefined;
  /** Where the first rows leave it open: see `lookForDateOrder`. */
  readonly foundDateOrder?: DateOrder | undefined;
  readonly decimalMark?: DecimalMark | undefined;
  /** Further spellings of nothing, beside the usual ones. */
  readonly nothing?: readonly string[] | undefined;
  /** Where refused rows go; without it they are only counted. */
  readonly rejects?: string | undefined;
  readonly force?: boolean;
  /** For times without a zone, instead of the contest's. */
  readonly timezone?: string | undefined;
  /** For rows without a currency. */
  readonly currency: string;
  readonly dryRun: boolean;
  readonly onProgress?: (rows: number) => void;
}

export interface ImportBookingsDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly run: Run;
  readonly signal: AbortSignal;
}

export interface ImportBookingsResult {
  readonly file: string;
  readonly contest: string;
  readonly source: string;
  readonly rows: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: number;
  readonly rejects_file: string | null;
  /** What stands for the contest afterwards. */
  readonly referrals: ReferralCounts;
  /** Bookings of this file that no referral of the contest credits. */
  readonly unattributed: number;
  /** `confirmed → completed` → how many bookings. */
  readonly transitions: Readonly<Record<string, number>>;
  readonly code_problems: readonly CodeProblem[];
  readonly encoding: string;
  readonly delimiter: string;
  readonly mapping: Readonly<Record<string, string | null>>;
  /** These bytes were imported before: nothing was changed. */
  readonly known_file: boolean;
  readonly dry_run: boolean;
}

/** Takes the figures out of a transaction that is undone because the file turned out to be known. */
class KnownFile extends Error {}

/**
 * Brings bookings up to date from one export and decides the referrals of the contest anew, in one transaction: after a
 * crash nothing of the file is there. A file with the bytes of one imported before, read the same way, changes nothing. Throws
 * `input_unusable`, `not_found`, `state_forbids`, `interrupted`; bad rows are counted and written to the rejects file.
 */
export async function importBookings(
  dependencies: ImportBookingsDependencies,
  options: ImportBookingsOptions,
): Promise<ImportBookingsResult> {
  const { database } = dependencies;
  createStatusMap(options.statusMap);
  endOnAbort(options.input, dependencies.signal, interrupted);
  const { delimiter, encoding, headerLine } = options;
  const csv = await openCsv(options.input, { delimiter, encoding, headerLine });
  const mapping = mapBookingColumns(csv, options.map);
  const contest = await getContest(database.queries, options.contest);
  assertFeedable(contest);
  const rejects =
    options.rejects === undefined || options.dryRun
      ? undefined
      : await createRejectsFile(options.rejects, {
          delimiter: csv.delimiter,
          rawHeader: csv.rawHeader,
          force: options.force ?? false,
        });
  const reading = readBookingFile(csv, mapping, contest, options, rejects);
  try {
    const outcome = await importFile(dependencies, reading, contest, options).catch(
      async (error: unknown) => {
        await rejects?.discard();
        throw error;
      },
    );
    return { ...outcome, rejects_file: (await rejects?.close()) ?? null };
  } finally {
    options.input.destroy();
  }
}

type Outcome = Omit<ImportBookingsResult, 'rejects_file'>;

async function importFile(
  dependencies: ImportBookingsDependencies,
  reading: BookingReading,
  contest: Contest,
  options: ImportBookingsOptions,
): Promise<Outcome> {
  const { database, clock } = dependencies;
  const rollback = { rollback: options.dryRun };
  try {
    return await database.transaction(
      async (queries) => {
        const outcome = await applyFile(queries, dependencies, reading, contest, options);
        await reading.finishRefused();
        return outcome;
      },
      { ...rollback, once: true },
    );
  } catch (error) {
    if (!(error instanceof KnownFile)) throw error;
  }
  // The bookings stay as they are; only what time alone changes (holds that have passed) is brought up to date.
  return database.transaction(async (queries) => {
    await evaluateReferrals(queries, contest, clock.now());
    const { rows, rejected } = reading.figures();
    const counts = { created: 0, updated: 0, unchanged: rows - rejected, transitions: {} };
    return describe(queries, reading, contest, options, { ...counts, known_file: true });
  }, rollback);
}

async function applyFile(
  queries: Queries,
  { clock, run, signal }: ImportBookingsDependencies,
  reading: BookingReading,
  contest: Contest,
  options: ImportBookingsOptions,
): Promise<Outcome> {
  const { source } = options;
  const importId = await insertImport(queries, { scope: source, run_id: run.id, imported_at: clock.now() });
  const counts = { created: 0, updated: 0, unchanged: 0 };
  const transitions: Record<string, number> = {};
  for await (const rows of reading.batches()) {
    if (signal.aborted) throw interrupted();
    const batch = await applyBookingBatch(queries, rows, { source, clock, importId, runId: run.id });
    await reading.refuse(batch.refused);
    await reading.checkCodes(queries, rows);
    for (const key of ['created', 'updated', 'unchanged'] as const) counts[key] += batch[key];
    for (const [name, count] of batch.transitions) transitions[name] = (transitions[name] ?? 0) + count;
    options.onProgress?.(reading.figures().rows);
  }
  const { delimiter, encoding, headerLine, dateOrder, decimalMark, nothing, map, statusMap, timezone } =
    options;
  const said = { delimiter, encoding, headerLine, dateOrder, decimalMark, nothing, map, statusMap, timezone };
  const key = contentKey(reading.sha256(), said);
  if ((await findImport(queries, source, key)) !== undefined) throw new KnownFile();
  const { rows } = reading.figures();
  await finishImport(queries, importId, key, rows);
  if (rows >= LARGE && engineOf(queries) === 'postgres') await analyzeBookings(queries);
  await evaluateReferrals(queries, contest, clock.now());
  for (const slug of await listOtherContests(queries, contest.id, importId)) {
    await evaluateReferrals(queries, await getContest(queries, slug), clock.now());
  }
  const result = await describe(queries, reading, contest, options, {
    ...counts,
    transitions,
    known_file: false,
  });
  await appendAudit(queries, clock, run, {
    action: 'bookings.imported',
    subject: contest.slug,
    details: {
      ...counts,
      source,
      rows,
      rejected: result.rejected,
      sha256: reading.sha256(),
      referrals: result.referrals,
      transitions,
    },
  });
  return result;
}

async function describe(
  queries: Queries,
  reading: BookingReading,
  contest: Contest,
  options: ImportBookingsOptions,
  counts: Pick<Outcome, 'created' | 'updated' | 'unchanged' | 'transitions' | 'known_file'>,
): Promise<Outcome> {
  const { rows, rejected, problems } = reading.figures();
  return {
    file: options.file,
    contest: contest.slug,
    source: options.source,
    rows,
    created: counts.created,
    updated: counts.updated,
    unchanged: counts.unchanged,
    rejected,
    referrals: await getReferralCounts(queries, contest),
    unattributed: await reading.countUnattributed(queries, contest.id),
    transitions: counts.transitions,
    code_problems: problems,
    encoding: reading.csv.encoding,
    delimiter: reading.csv.delimiter,
    mapping: reading.mapping.mapping,
    known_file: counts.known_file,
    dry_run: options.dryRun,
  };
}

function interrupted(): ReferralError {
  return new ReferralError('interrupted', 'The import was stopped; nothing of the file was kept', {
    hint: 'Run the same command again.',
  });
}
