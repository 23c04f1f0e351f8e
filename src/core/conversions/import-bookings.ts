import type { Readable } from 'node:stream';
import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import { type Contest, getContest } from '../contests/get-contest.ts';
import { createRejectsFile } from '../csv/rejects-file.ts';
import type { Database, Queries } from '../database/database.ts';
import { refreshStatistics } from '../database/refresh-statistics.ts';
import { allowMemory, writeChangedPages } from '../database/work-memory.ts';
import { endOnAbort } from '../end-on-abort.ts';
import { ReferralError } from '../errors.ts';
import type { OnProgress } from '../progress.ts';
import { getReferralCounts, type ReferralCounts } from './advance-referrals.ts';
import { applyStagedBookings } from './apply-staged-bookings.ts';
import { assertFeedable } from './assert-feedable.ts';
import { findImport, finishImport, insertImport, listOtherContests } from './booking-queries.ts';
import type { RecordOptions } from './booking-record.ts';
import { contentKey } from './content-key.ts';
import { evaluateReferrals, type OnDecided } from './evaluate-referrals.ts';
import { type CodeProblem, findCodeProblems } from './find-code-problems.ts';
import { createKeySet } from './key-set.ts';
import { formatSums } from './money-moves.ts';
import { createStatusMap } from './parse-booking-status.ts';
import { type BookingReading, openBookingFile, readBookingFile } from './read-booking-file.ts';
import { sumApproved } from './referral-queries.ts';
import { stageBookings } from './stage-bookings.ts';
import { dropStage, findLastBookingKey, streamKnownBookings } from './stage-queries.ts';

/** Rows that are read at once: they should not outlive the young objects of V8, which copies what does. */
const PIECE_ROWS = 150;
/** Code problems that are described one by one. */
const MOST_PROBLEMS = 100;
/** From so many rows on, the referrals are decided with an empty cache of SQLite's. */
const LARGE = 20_000;

export interface ImportBookingsOptions extends Omit<RecordOptions, 'timezone'> {
  readonly input: Readable;
  /** What it is called in the result and the audit log. */
  readonly file: string;
  readonly contest: string;
  readonly source: string;
  readonly map: readonly string[];
  readonly delimiter?: string | undefined;
  readonly encoding?: string | undefined;
  readonly headerLine?: number | undefined;
  /** Where refused rows go; without it they are only counted. */
  readonly rejects?: string | undefined;
  readonly force?: boolean;
  /** For times without a zone, instead of the contest's. */
  readonly timezone?: string | undefined;
  readonly dryRun: boolean;
  /** How many rows were read. */
  readonly onProgress?: OnProgress | undefined;
  /** Then how many steps of bringing the bookings up to date are done. */
  readonly onStep?: OnProgress | undefined;
  /** Once the rows are taken in: what comes of the referrals, of one contest after the other. */
  readonly onDecided?: OnDecided | undefined;
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
  readonly money: ImportedMoney;
  readonly code_problems: readonly CodeProblem[];
  readonly encoding: string;
  readonly delimiter: string;
  readonly mapping: Readonly<Record<string, string | null>>;
  /** These bytes were imported before: nothing was changed. */
  readonly known_file: boolean;
  readonly dry_run: boolean;
}

/** Sums by currency. */
export interface ImportedMoney {
  /** By how much the file changes what was booked, and what was paid back. */
  readonly booked: Readonly<Record<string, string>>;
  readonly refunded: Readonly<Record<string, string>>;
  /** What approved referrals of the contest come to, before and afterwards. */
  readonly approved_before: Readonly<Record<string, string>>;
  readonly approved: Readonly<Record<string, string>>;
}

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
  const { delimiter, encoding, headerLine, map } = options;
  const csvOptions = { delimiter, encoding, headerLine, batchSize: PIECE_ROWS };
  const file = await openBookingFile(options.input, map, csvOptions);
  const contest = await getContest(database.queries, options.contest);
  assertFeedable(contest);
  const rejects =
    options.rejects === undefined || options.dryRun
      ? undefined
      : await createRejectsFile(options.rejects, {
          delimiter: file.csv.delimiter,
          rawHeader: file.csv.rawHeader,
          force: options.force ?? false,
        });
  const { statusMap, timezone = contest.timezone, currency, nothing } = options;
  const { dateOrder, foundDateOrder, decimalMark } = options;
  const record = { statusMap, timezone, currency, nothing, dateOrder, foundDateOrder, decimalMark };
  const form = database.engine === 'sqlite' ? 'jsonb' : 'copy';
  const reading = readBookingFile(file, { csv: csvOptions, map, record, form }, rejects);
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
    await reading.close();
  }
}

type Outcome = Omit<ImportBookingsResult, 'rejects_file'>;

async function importFile(
  dependencies: ImportBookingsDependencies,
  reading: BookingReading,
  contest: Contest,
  options: ImportBookingsOptions,
): Promise<Outcome> {
  const { database } = dependencies;
  return database.transaction(
    async (queries) => {
      const outcome = await applyFile(queries, dependencies, reading, contest, options);
      await reading.finishRefused();
      return outcome;
    },
    { rollback: options.dryRun, once: true },
  );
}

async function applyFile(
  queries: Queries,
  dependencies: ImportBookingsDependencies,
  reading: BookingReading,
  contest: Contest,
  options: ImportBookingsOptions,
): Promise<Outcome> {
  const { clock, run, signal } = dependencies;
  const { source } = options;
  const stoppable =
    (listener: OnProgress | undefined): OnProgress =>
    (done, total) => {
      if (signal.aborted) throw interrupted();
      listener?.(done, total);
    };
  await allowMemory(queries);
  const onRead = stoppable(options.onProgress);
  const staged = await stageBookings(queries, reading, () => onRead(reading.figures().rows));
  const problems = await findCodeProblems(queries, MOST_PROBLEMS);
  const key = contentKey(reading.sha256(), saidAbout(options));
  const approvedBefore = formatSums(await sumApproved(queries, contest.id));
  const known = await findImport(queries, source, key);
  const lastBooking = known === undefined ? await findLastBookingKey(queries) : Number.MAX_SAFE_INTEGER;
  const inFile = createKeySet();
  for await (const id of streamKnownBookings(queries, source)) inFile.add(id);
  const applied =
    known === undefined
      ? await takeIn(queries, dependencies, reading, {
          source,
          key,
          staged: staged.rows,
          onStep: stoppable(options.onStep),
        })
      : undefined;
  let credited = 0;
  // What is new got its key in this transaction: nobody else adds bookings meanwhile.
  const onDecided: OnDecided = stoppable(options.onDecided);
  await evaluateReferrals(queries, contest, clock.now(), {
    onDecided,
    onCredited(id) {
      if (id > lastBooking || inFile.has(id)) credited += 1;
    },
  });
  if (applied !== undefined) {
    for (const slug of await listOtherContests(queries, contest.id, applied.importId)) {
      await evaluateReferrals(queries, await getContest(queries, slug), clock.now(), { onDecided });
    }
  }
  const { rows, rejected } = reading.figures();
  const result: Outcome = {
    ...{ file: options.file, contest: contest.slug, source, rows },
    created: applied?.created ?? 0,
    updated: applied?.updated ?? 0,
    unchanged: applied?.unchanged ?? rows - rejected,
    rejected,
    referrals: await getReferralCounts(queries, contest),
    unattributed: staged.bookings - credited,
    transitions: applied?.transitions ?? {},
    money: {
      booked: formatSums(applied?.money.booked ?? []),
      refunded: formatSums(applied?.money.refunded ?? []),
      approved_before: approvedBefore,
      approved: formatSums(await sumApproved(queries, contest.id)),
    },
    code_problems: problems,
    ...{ encoding: reading.encoding(), delimiter: reading.delimiter },
    mapping: reading.mapping.mapping,
    known_file: known !== undefined,
    dry_run: options.dryRun,
  };
  await dropStage(queries);
  if (applied === undefined) return result;
  const { created, updated, unchanged, referrals, transitions } = result;
  await appendAudit(queries, clock, run, {
    action: 'bookings.imported',
    subject: contest.slug,
    details: {
      ...{ created, updated, unchanged, source, rows, rejected: result.rejected },
      ...{ sha256: reading.sha256(), referrals, transitions },
    },
  });
  return result;
}

async function takeIn(
  queries: Queries,
  { clock, run }: ImportBookingsDependencies,
  reading: BookingReading,
  {
    source,
    key,
    staged,
    onStep,
  }: { readonly source: string; readonly key: string; readonly staged: number; readonly onStep: OnProgress },
) {
  const importId = await insertImport(queries, { scope: source, run_id: run.id, imported_at: clock.now() });
  const names = new Set(
    reading.mapping.targets.map((target) => (target.kind === 'field' ? target.name : '')),
  );
  const result = await applyStagedBookings(queries, {
    ...{ source, clock, importId, runId: run.id, rows: staged, onStep },
    naming: { ids: names.has('customer_id'), addresses: names.has('email') },
    refuse: (rows) => reading.refuse(rows),
  });
  const { rows } = reading.figures();
  await finishImport(queries, importId, key, rows);
  await refreshStatistics(queries, rows, ['customers', 'bookings']);
  if (rows >= LARGE) await writeChangedPages(queries, 'bookings');
  return { ...result, importId };
}

// Rows that were refused under other options may be good ones now: the same bytes read another way are another file.
function saidAbout(options: ImportBookingsOptions): Readonly<Record<string, unknown>> {
  const { delimiter, encoding, headerLine, dateOrder, decimalMark, nothing, map, statusMap, timezone } =
    options;
  return { delimiter, encoding, headerLine, dateOrder, decimalMark, nothing, map, statusMap, timezone };
}

function interrupted(): ReferralError {
  return new ReferralError('interrupted', 'The import was stopped; nothing of the file was kept', {
    hint: 'Run the same command again.',
  });
}
