import type { Readable } from 'node:stream';
import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import type { CsvFile } from '../csv/csv-file.ts';
import { type ColumnMapping, parseColumnOverrides } from '../csv/map-columns.ts';
import type { DateOrder } from '../csv/parse-date.ts';
import type { DecimalMark } from '../csv/parse-decimal.ts';
import type { ReaderThread } from '../csv/read-on-thread.ts';
import { createRejectsFile, type RejectsFile } from '../csv/rejects-file.ts';
import type { Database, Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { refreshStatistics } from '../database/refresh-statistics.ts';
import type { Consent } from '../database/tables.ts';
import { endOnAbort } from '../end-on-abort.ts';
import { ReferralError } from '../errors.ts';
import { type AddressNotes, noteAddresses } from './address-counter.ts';
import type { OnConflict } from './apply-changes.ts';
import { chooseGathering } from './choose-gathering.ts';
import { customerImportFields } from './customer-import-fields.ts';
import { insertImport, lockCustomers } from './customer-queries.ts';
import type { DateOrders } from './decide-date-orders.ts';
import { createSeenCustomers, type MissingCustomers } from './find-missing-customers.ts';
import { beginFirstLoad } from './first-load.ts';
import { constantsOf, createStatements, hasCustomers } from './import-queries.ts';
import { countReject, createTally, type ImportTally } from './import-tally.ts';
import { type ImportSource, openImportSource } from './open-import-source.ts';

import { type Taking, takeBatch } from './take-batch.ts';
import { rowsOf } from './take-hashes.ts';

export interface ImportOptions {
  /** The name that results and records show; `-` for standard input. */
  readonly file: string;
  /** Its size, where that is known. */
  readonly bytes?: number | undefined;
  readonly encoding?: string | undefined;
  readonly delimiter?: string | undefined;
  /** The line that names the columns; found by itself otherwise. */
  readonly headerLine?: number | undefined;
  /** `column=field` texts. */
  readonly map: readonly string[];
  readonly onConflict: OnConflict;
  /** Where refused rows go; none are kept when undefined. */
  readonly rejectsPath: string | undefined;
  /** Replace a file at `rejectsPath` that is no rejects file. */
  readonly force?: boolean;
  readonly reportMissing: boolean;
  /** The zone of times without one, an IANA name. */
  readonly timezone: string;
  readonly dateOrder?: DateOrder | undefined;
  /** By column, where the first rows leave it open: see `decideDateOrders`. */
  readonly dateOrders?: DateOrders | undefined;
  /** The decimal sign of amounts; found by itself otherwise. */
  readonly decimalMark?: DecimalMark | undefined;
  /** Further spellings of nothing. */
  readonly nothing?: readonly string[] | undefined;
  /** What everyone has said whose row says nothing about consent. */
  readonly consent?: Consent | undefined;
  /** Do everything, then take it back. */
  readonly dryRun: boolean;
}

export interface ImportDependencies {
  readonly clock: Clock;
  readonly run: Run;
  readonly signal: AbortSignal;
  /** A thread for a large file, started before; one is started where it is needed otherwise. */
  readonly reader?: ReaderThread | undefined;
  /** Called after each batch with the rows so far. */
  readonly onProgress?: (rows: number) => void;
  /** Called once the columns are understood, before the first row is read. */
  readonly onOpened?: (file: CsvFile, mapping: ColumnMapping) => void;
}

export interface ImportResult extends ImportTally {
  readonly file: string;
  readonly rejects_file: string | null;
  readonly dry_run: boolean;
  readonly encoding: string;
  readonly delimiter: string;
  readonly mapping: ColumnMapping['mapping'];
  readonly addresses: AddressNotes;
  /** Customers of earlier imports that the file does not have; with `reportMissing`. */
  readonly missing?: MissingCustomers;
}

interface Work {
  readonly source: ImportSource;
  readonly rejects: RejectsFile | undefined;
  readonly tally: ImportTally;
  readonly options: ImportOptions;
  readonly dependencies: ImportDependencies;
}

// Others wait for the end of a first load: that has to come sooner than they give up.
const FIRST_LOAD_BYTES = 256_000_000;

/**
 * Takes in a customer export: good rows become or update customers, by `customer_id` and in the order of the file, bad ones go to the rejects
 * file. The whole file is one transaction: after any failure nothing has changed. Throws `input_unusable`, `usage`, `output_exists`,
 * `already_exists` (with `onConflict` `fail`), `interrupted`, `locked` and `state_forbids` (no room for the rejects file).
 */
export async function importCustomers(
  database: Database,
  input: Readable,
  options: ImportOptions,
  dependencies: ImportDependencies,
): Promise<ImportResult> {
  parseColumnOverrides(options.map, customerImportFields);
  const tally = createTally();
  endOnAbort(input, dependencies.signal, () => interrupted(tally.rows));
  try {
    return await importInput(database, input, tally, options, dependencies);
  } finally {
    input.destroy();
  }
}

async function importInput(
  database: Database,
  input: Readable,
  tally: ImportTally,
  options: ImportOptions,
  dependencies: ImportDependencies,
): Promise<ImportResult> {
  const source = await openImportSource(
    input,
    {
      options,
      form: database.engine === 'sqlite' ? 'jsonb' : 'copy',
      constants: constantsOf(dependencies.clock.now()),
    },
    dependencies.reader,
  );
  const { csv, mapping } = source;
  try {
    dependencies.onOpened?.(csv, mapping);
    const { rejectsPath, force = false, dryRun } = options;
    const rejects =
      rejectsPath === undefined || dryRun
        ? undefined
        : await createRejectsFile(rejectsPath, { delimiter: csv.delimiter, rawHeader: csv.rawHeader, force });
    const missing = await takeIn(database, { source, rejects, tally, options, dependencies });
    return {
      file: options.file,
      ...tally,
      rejects_file: (await rejects?.close()) ?? null,
      dry_run: dryRun,
      encoding: csv.encoding,
      delimiter: csv.delimiter,
      mapping: mapping.mapping,
      addresses: await noteAddresses(source.addresses()),
      ...(missing === undefined ? {} : { missing }),
    };
  } finally {
    await source.close();
  }
}

async function takeIn(database: Database, work: Work): Promise<MissingCustomers | undefined> {
  const { source, rejects, options } = work;
  const { bytes = Number.POSITIVE_INFINITY } = options;
  const fillsEmpty = source.isLarge && bytes <= FIRST_LOAD_BYTES && !(await hasCustomers(database.queries));
  try {
    return await database.transaction(
      async (transaction) => {
        const missing = await importRows(transaction, work, fillsEmpty);
        // A disk without room for them has to be known while everything can still be taken back.
        await rejects?.finish();
        return missing;
      },
      { rollback: options.dryRun, once: true, smallStatements: true, fillsEmpty },
    );
  } catch (error) {
    await rejects?.discard();
    throw error;
  }
}

async function importRows(
  transaction: Queries,
  work: Work,
  fillsEmpty: boolean,
): Promise<MissingCustomers | undefined> {
  const { source, rejects, tally, options, dependencies } = work;
  const { clock, run, signal, onProgress } = dependencies;
  await lockCustomers(transaction);
  const seen = options.reportMissing ? await createSeenCustomers(transaction) : undefined;
  const now = clock.now();
  const { layout } = source;
  const statements = createStatements(transaction, layout, constantsOf(now));
  // A refused COPY would leave a customer's id in the server's log: it is tried only where all are new.
  const isFirst = !(await hasCustomers(transaction));
  const expectsNew = isFirst || engineOf(transaction) === 'sqlite';
  // On PostgreSQL whoever reads customers waits meanwhile.
  const suspends = isFirst && source.isLarge && (fillsEmpty || engineOf(transaction) === 'sqlite');
  const firstLoad = isFirst ? await beginFirstLoad(transaction, suspends) : undefined;
  const taking: Taking = {
    ...{ statements, layout, tally, now, expectsNew, firstLoad },
    onConflict: options.onConflict,
    seen: seen?.add,
    gathering: isFirst || options.onConflict === 'fail' ? undefined : chooseGathering(source),
  };
  for await (const next of source.batches) {
    const batch = await rowsOf(next, source, taking);
    await takeBatch(transaction, batch, taking);
    for (const reject of batch.refused) countReject(tally, reject);
    tally.rows += batch.rows;
    await rejects?.write(batch.refused);
    onProgress?.(tally.rows);
    if (signal.aborted) throw interrupted(tally.rows);
  }
  await firstLoad?.finish();
  await refreshStatistics(transaction, tally.created + tally.updated, ['customers']);
  const missing = await seen?.findMissing(transaction);
  const sha256 = source.sha256();
  await insertImport(transaction, { sha256, rows: tally.rows, run_id: run.id, imported_at: clock.now() });
  const { created, updated, unchanged, rejected, rows } = tally;
  await appendAudit(transaction, clock, run, {
    action: 'customers.imported',
    subject: sha256,
    details: { rows, created, updated, unchanged, rejected },
  });
  return missing;
}

function interrupted(rows: number): ReferralError {
  return new ReferralError('interrupted', `the import was interrupted after ${rows} rows`, {
    reason: 'An import is taken in as a whole: nothing was changed.',
    hint: 'Run the same command again.',
  });
}
