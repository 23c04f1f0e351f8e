import type { Readable } from 'node:stream';
import type { CsvFile } from '../csv/csv-file.ts';
import { type ColumnMapping, mapColumns } from '../csv/map-columns.ts';
import { openCsv } from '../csv/open-csv.ts';
import type { AddressCounts } from './address-counter.ts';
import { customerImportFields } from './customer-import-fields.ts';
import { type ImportBatch, toBatches } from './import-batch.ts';
import { type ImportLayout, layoutOf } from './import-layout.ts';
import type { ReaderTask } from './import-reader.ts';
import {
  type ReaderThread,
  readOnThread,
  readStart,
  replay,
  startReaderThread,
  type ThreadedRead,
} from './read-on-thread.ts';
import { createRowForm } from './row-form.ts';
import { createRowWriter } from './row-writer.ts';

/** A file whose columns are understood, and its rows as the database takes them. */
export interface ImportSource {
  /** The file; its own batches belong to this source. */
  readonly csv: CsvFile;
  readonly mapping: ColumnMapping;
  readonly layout: ImportLayout;
  readonly batches: AsyncIterable<ImportBatch>;
  /** Are there many rows? */
  readonly isLarge: boolean;
  /** What addresses were seen, once `batches` has ended. */
  addresses(): AddressCounts;
  close(): Promise<void>;
}

// Rows to a statement: few enough for little memory, and enough that the statement itself costs nothing.
const BATCH_ROWS = 4_000;
// What is read at once: about as many rows as a piece of the file has.
const PIECE_ROWS = 150;

/** Opens a file to import. A large one is read and checked on another thread while this one writes. Throws `input_unusable`, `usage`. */
export async function openImportSource(
  input: Readable,
  given: Omit<ReaderTask, 'batchRows'>,
  reader: ReaderThread | undefined,
): Promise<ImportSource> {
  const task: ReaderTask = {
    ...given,
    batchRows: BATCH_ROWS,
    options: { ...given.options, batchSize: PIECE_ROWS },
  };
  const start = await readStart(input);
  // Started at once, so that it has read something by the time that the database is asked for.
  const thread = start.ended ? undefined : readOnThread(start, task, reader ?? startReaderThread());
  try {
    const csv = await openCsv(replay(start, start.ended), task.options);
    const mapping = mapColumns(csv.header, customerImportFields, task.options.map);
    return thread === undefined ? sourceHere(csv, mapping, task) : sourceOfThread(csv, mapping, thread);
  } catch (error) {
    await thread?.close();
    throw error;
  }
}

function sourceHere(csv: CsvFile, mapping: ColumnMapping, task: ReaderTask): ImportSource {
  const form = createRowForm(task.form, task.constants);
  const { header, sample } = csv;
  const writer = createRowWriter({ header, mapping, sample }, form, task.options);
  const { layout, addresses } = writer;
  const batches = toBatches(csv.batches, writer, form, { rows: task.batchRows });
  return { csv, mapping, layout, batches, isLarge: false, addresses, close: async () => {} };
}

function sourceOfThread(csv: CsvFile, mapping: ColumnMapping, thread: ThreadedRead): ImportSource {
  return {
    csv: {
      ...csv,
      // What was found near the start of the file may turn out otherwise further down.
      get encoding() {
        return thread.result()?.encoding ?? csv.encoding;
      },
      get findings() {
        return thread.result()?.findings ?? csv.findings;
      },
      sha256() {
        const { sha256 } = thread.result() ?? {};
        if (sha256 === undefined) throw new TypeError('the hash of a file is known at its end');
        return sha256;
      },
    },
    addresses: () => thread.result()?.addresses ?? { role: 0, domains: new Map() },
    ...{
      mapping,
      layout: layoutOf(mapping),
      batches: thread.batches,
      isLarge: true,
      close: () => thread.close(),
    },
  };
}
