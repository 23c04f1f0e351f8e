import type { Readable } from 'node:stream';
import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import type { CsvFile, CsvRecord } from '../csv/csv-file.ts';
import { type ColumnMapping, mapColumns, parseColumnOverrides } from '../csv/map-columns.ts';
import { openCsv } from '../csv/open-csv.ts';
import type { DateOrder } from '../csv/parse-date.ts';
import type { DecimalMark } from '../csv/parse-decimal.ts';
import { createRejectsFile, type Reject, type RejectsFile } from '../csv/rejects-file.ts';
import type { Database, Queries } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import { type Applied, applyChanges, type OnConflict } from './apply-changes.ts';
import type { CustomerChange } from './customer.ts';
import { customerImportFields } from './customer-import-fields.ts';
import { insertImport, lockCustomers } from './customer-queries.ts';
import type { DateOrders } from './decide-date-orders.ts';
import { createSeenCustomers, type MissingCustomers, type SeenCustomers } from './find-missing-customers.ts';
import { countReject, createTally, type ImportTally } from './import-tally.ts';
import { type CustomerRowReader, createCustomerRowReader } from './parse-customer-row.ts';

export interface ImportOptions {
  /** The name that results and records show; `-` for standard input. */
  readonly file: string;
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
  /** Do everything, then take it back. */
  readonly dryRun: boolean;
}

export interface ImportDependencies {
  readonly clock: Clock;
  readonly run: Run;
  readonly signal: AbortSignal;
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
  /** Customers of earlier imports that the file does not have; with `reportMissing`. */
  readonly missing?: MissingCustomers;
}

interface Work {
  readonly csv: CsvFile;
  readonly read: CustomerRowReader;
  readonly rejects: RejectsFile | undefined;
  readonly tally: ImportTally;
  readonly options: ImportOptions;
  readonly dependencies: ImportDependencies;
}

/**
 * Takes in a customer export: good rows become or update customers, by `customer_id` and in the order of the file, bad ones go to the rejects
 * file. The whole file is one transaction: after any failure nothing has changed. Throws `input_unusable`, `usage`, `output_exists`,
 * `already_exists` (with `onConflict` `fail`) and `interrupted`.
 */
export async function importCustomers(
  database: Database,
  input: Readable,
  options: ImportOptions,
  dependencies: ImportDependencies,
): Promise<ImportResult> {
  parseColumnOverrides(options.map, customerImportFields);
  const csv = await openCsv(input, options);
  const mapping = mapColumns(csv.header, customerImportFields, options.map);
  const read = createCustomerRowReader(csv.header, mapping, csv.sample, options);
  dependencies.onOpened?.(csv, mapping);
  const { rejectsPath, force = false, dryRun } = options;
  const rejects =
    rejectsPath === undefined || dryRun
      ? undefined
      : await createRejectsFile(rejectsPath, { delimiter: csv.delimiter, rawHeader: csv.rawHeader, force });
  const work: Work = { csv, read, rejects, tally: createTally(), options, dependencies };
  try {
    const missing = await database.transaction((transaction) => importRows(transaction, work), {
      rollback: dryRun,
    });
    return {
      file: options.file,
      ...work.tally,
      rejects_file: (await rejects?.close()) ?? null,
      dry_run: dryRun,
      encoding: csv.encoding,
      delimiter: csv.delimiter,
      mapping: mapping.mapping,
      ...(missing === undefined ? {} : { missing }),
    };
  } catch (error) {
    await rejects?.discard();
    throw error;
  } finally {
    input.destroy();
  }
}

async function importRows(transaction: Queries, work: Work): Promise<MissingCustomers | undefined> {
  const { csv, tally, options, dependencies } = work;
  const { clock, run, signal, onProgress } = dependencies;
  await lockCustomers(transaction);
  const seen = options.reportMissing ? await createSeenCustomers(transaction) : undefined;
  for await (const batch of csv.batches) {
    await importBatch(transaction, batch, work, seen);
    onProgress?.(tally.rows);
    if (signal.aborted) throw interrupted(tally.rows);
  }
  const missing = await seen?.findMissing(transaction);
  const sha256 = csv.sha256();
  await insertImport(transaction, { sha256, rows: tally.rows, run_id: run.id, imported_at: clock.now() });
  const { created, updated, unchanged, rejected, rows } = tally;
  await appendAudit(transaction, clock, run, {
    action: 'customers.imported',
    subject: sha256,
    details: { rows, created, updated, unchanged, rejected },
  });
  return missing;
}

async function importBatch(
  transaction: Queries,
  batch: readonly CsvRecord[],
  { read, rejects, tally, options, dependencies }: Work,
  seen: SeenCustomers | undefined,
): Promise<void> {
  const changes: CustomerChange[] = [];
  const lines: number[] = [];
  const refused: Reject[] = [];
  for (const record of batch) {
    const row = read(record);
    if ('change' in row) {
      changes.push(row.change);
      lines.push(record.line);
    } else {
      refused.push({ record, ...row.reject });
      countReject(tally, row.reject);
    }
  }
  const now = dependencies.clock.now();
  const { onConflict } = options;
  const applied = await applyChanges(transaction, changes, {
    onConflict,
    now,
    ...(seen && { seen: seen.add }),
  });
  for (const [index, result] of applied.entries()) count(tally, result, lines[index] ?? 0, changes[index]);
  tally.rows += batch.length;
  await rejects?.write(refused);
}

function count(
  tally: ImportTally,
  { kind, changed }: Applied,
  line: number,
  change: CustomerChange | undefined,
): void {
  if (kind === 'conflict') throw conflict(line, change?.customer_id ?? '');
  if (kind === 'erased') tally.erased += 1;
  tally[kind === 'erased' ? 'unchanged' : kind] += 1;
  for (const field of changed) tally.updated_fields[field] = (tally.updated_fields[field] ?? 0) + 1;
}

function conflict(line: number, customerId: string): ReferralError {
  return new ReferralError('already_exists', `customer ${customerId} exists already`, {
    reason: `line ${line} of the file; nothing was changed`,
    hint: 'Leave --on-conflict fail out to update customers that exist, or say --on-conflict skip.',
    details: { line, customer_id: customerId },
  });
}

function interrupted(rows: number): ReferralError {
  return new ReferralError('interrupted', `the import was interrupted after ${rows} rows`, {
    reason: 'An import is taken in as a whole: nothing was changed.',
    hint: 'Run the same command again.',
  });
}
