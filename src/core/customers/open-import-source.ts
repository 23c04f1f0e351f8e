import type { Readable } from 'node:stream';
import type { CsvFile } from '../csv/csv-file.ts';
import { type ColumnMapping, mapColumns } from '../csv/map-columns.ts';
import { openCsv } from '../csv/open-csv.ts';
import type { AddressCounts } from './address-counter.ts';
import { customerImportFields } from './customer-import-fields.ts';
import { type ImportBatch, toBatches } from './import-batch.ts';
import { type ImportLayout, layoutOf } from './import-layout.ts';
import type { ReaderTask } from './import-reader.ts';
import { readOnThread, readStart, replay, type ThreadedRead } from './read-on-thread.ts';
import { createRowForm } from './row-form.ts';
import { createRowWriter } from './row-writer.ts';

/** A file whose columns are understood, and its rows as the database takes them. */
export interface ImportSource {
  /** The file; its own batches belong to this source. */
  readonly csv: CsvFile;
  readonly mapping: ColumnMapping;
  readonly layout: ImportLayout;
  readonly batches: AsyncIterable<ImportBatch>;
  /** What addresses were seen, once `batches` has ended. */
  addresses(): AddressCounts;
  close(): Promise<void>;
}

// Rows to a statement: few enough for little memory, and enough that the statement itself costs nothing.
const BATCH_ROWS = 4_000;
// What is read at once: about as many rows as a piece of the file has.
const PIECE_ROWS = 500;

/** Opens a file to import. A large one is read and checked on another thread while this one writes. Throws `input_unusable`, `usage`. */
export async function openImportSource(
  input: Readable,
  given: Omit<ReaderTask, 'batchRows'>,
): Promise<ImportSource> {
  const task: ReaderTask = {
    ...given,
    batchRows: BATCH_ROWS,
    options: { ...given.options, batchSize: PIECE_ROWS },
  };
  const { options } = task;
  const start = await readStart(input);
  const csv = await openCsv(replay(start, start.ended), options);
  const mapping = mapColumns(csv.header, customerImportFields, options.map);
  if (start.ended) {
    const form = createRowForm(task.form, task.constants);
    const writer = createRowWriter({ header: csv.header, mapping, sample: csv.sample }, form, options);
    const { layout, addresses } = writer;
    return {
      csv,
      mapping,
      layout,
      batches: toBatches(csv.batches, writer, form, BATCH_ROWS),
      addresses,
      close: async () => {},
    };
  }
  const layout = layoutOf(mapping);
  let thread: ThreadedRead | undefined;
  // Started with the first row that is asked for: whoever gives up before has nothing to close.
  async function* listThreaded(): AsyncGenerator<ImportBatch> {
    thread = readOnThread(start, task);
    yield* thread.batches;
  }
  return {
    csv: {
      ...csv,
      // What was found near the start of the file may turn out otherwise further down.
      get encoding() {
        return thread?.result()?.encoding ?? csv.encoding;
      },
      get findings() {
        return thread?.result()?.findings ?? csv.findings;
      },
      sha256() {
        const { sha256 } = thread?.result() ?? {};
        if (sha256 === undefined) throw new TypeError('the hash of a file is known at its end');
        return sha256;
      },
    },
    addresses: () => thread?.result()?.addresses ?? { role: 0, domains: new Map() },
    ...{ mapping, layout, batches: listThreaded(), close: async () => thread?.close() },
  };
}
