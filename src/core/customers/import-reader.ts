import type { CsvFile, CsvOptions } from '../csv/csv-file.ts';
import { mapColumns } from '../csv/map-columns.ts';
import { openCsv } from '../csv/open-csv.ts';
import type { CsvPiece } from '../csv/read-pieces.ts';
import { type ReaderPlace, serveReader } from '../csv/serve-reader.ts';
import { type AddressCounts, addCounts } from './address-counter.ts';
import type { RowOptions } from './cell-steps.ts';
import { customerImportFields } from './customer-import-fields.ts';
import { gatherHashes, type HashedBatch, memoryOf } from './hashed-batch.ts';
import { beginBatch, cutBatches, gatherRows, type ImportBatch } from './import-batch.ts';
import { type Constant, createRowForm, type FormName, type RowForm } from './row-form.ts';
import { loadRowHashes } from './row-hash.ts';
import { createRowWriter } from './row-writer.ts';

/** How a file is read; plain data, so that it can go to another thread. */
export interface ReadingOptions extends CsvOptions, RowOptions {
  readonly map: readonly string[];
}

/** What a thread has to read, and how. */
export interface ReaderTask {
  readonly options: ReadingOptions;
  readonly form: FormName;
  readonly constants: readonly Constant[];
  /** Rows in a batch, at least. */
  readonly batchRows: number;
}

/** What batches are made of. */
export type Gathered = 'hashes' | 'rows';

/** What is known of a file at its end. */
export type ReadFile = Pick<CsvFile, 'encoding' | 'findings'> & {
  readonly addresses: AddressCounts;
};

async function* readCustomers(
  task: ReaderTask,
  { input, spare, note }: ReaderPlace,
): AsyncGenerator<ImportBatch | HashedBatch, ReadFile> {
  const csv = await openCsv(input, task.options);
  const mapping = mapColumns(csv.header, customerImportFields, task.options.map);
  const { header, sample } = csv;
  const hashes = await loadRowHashes();
  const writerIn = (form: RowForm) =>
    createRowWriter({ header, mapping, sample }, form, task.options, hashes);
  const writer = writerIn(createRowForm(task.form, task.constants));
  const hasher = writerIn(createRowForm(task.form === 'copy' ? 'lines' : task.form));
  const gathers = (): Gathered => (note() === 'hashes' ? 'hashes' : 'rows');
  yield* cutBatches<ImportBatch | HashedBatch, CsvPiece>(csv.pieces, task.batchRows, () =>
    gathers() === 'rows'
      ? beginBatch(gatherRows(writer), writer.form, spare())
      : beginBatch(gatherHashes(hasher, spare()), hasher.form, spare()),
  );
  const addresses = addCounts(writer.addresses(), hasher.addresses());
  return { encoding: csv.encoding, findings: csv.findings, addresses };
}

serveReader(readCustomers, (batch) => [batch.lines.buffer, ...memoryOf(batch)]);
