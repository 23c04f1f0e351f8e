import type { Readable } from 'node:stream';
import type { CsvFile, CsvRecord } from '../csv/csv-file.ts';
import { hashInput } from '../csv/hash-input.ts';
import { type ColumnMapping, mapColumns } from '../csv/map-columns.ts';
import { openCsv } from '../csv/open-csv.ts';
import {
  type ReaderThread,
  readOnThread,
  readStart,
  replay,
  startReaderThread,
  type ThreadedRead,
} from '../csv/read-on-thread.ts';
import { type AddressCounts, addCounts } from './address-counter.ts';
import { customerImportFields } from './customer-import-fields.ts';
import { type HashedBatch, memoryOf, rowAt } from './hashed-batch.ts';
import { beginBatch, gatherRows, type ImportBatch, toBatches } from './import-batch.ts';
import type { ImportLayout } from './import-layout.ts';
import type { Gathered, ReaderTask, ReadFile } from './import-reader.ts';
import { createRowForm } from './row-form.ts';
import { loadRowHashes } from './row-hash.ts';
import { createRowWriter, type RowWriter } from './row-writer.ts';

/** A file whose columns are understood, and its rows as the database takes them. */
export interface ImportSource {
  /** The file; its own batches belong to this source. */
  readonly csv: CsvFile;
  readonly mapping: ColumnMapping;
  readonly layout: ImportLayout;
  /** Batches of rows, or of hashes where `gather` asked for them and there are many rows. */
  readonly batches: AsyncIterable<ImportBatch | HashedBatch>;
  gather(kind: Gathered): void;
  /** The rows at these places of a batch of hashes, in ascending order; the others are taken as read. */
  reread(batch: HashedBatch, places: readonly number[]): ImportBatch;
  /** SHA-256 of the file's bytes, once `batches` has ended. */
  sha256(): string;
  /** Are there many rows? */
  readonly isLarge: boolean;
  /** What addresses were seen, once `batches` has ended. */
  addresses(): AddressCounts;
  close(): Promise<void>;
}

// Rows to a statement: few enough for little memory, and enough that the statement itself costs little.
const BATCH_ROWS = 8_000;
// Few rows of a batch of hashes are read again.
const REREAD_BYTES = 65_536;
const NO_ADDRESSES: AddressCounts = { role: 0, domains: new Map() };

/** Starts a thread that reads customers: see `startReaderThread`. */
export function startCustomerReader(): ReaderThread {
  return startReaderThread('import-reader', import.meta.url);
}

type CustomerRead = ThreadedRead<ImportBatch | HashedBatch, ReadFile>;

/** Opens a file to import. A large one is read and checked on another thread while this one writes. Throws `input_unusable`, `usage`. */
export async function openImportSource(
  input: Readable,
  given: Omit<ReaderTask, 'batchRows'>,
  reader: ReaderThread | undefined,
): Promise<ImportSource> {
  const task: ReaderTask = { ...given, batchRows: BATCH_ROWS };
  const hashed = hashInput(input);
  const start = await readStart(hashed);
  // Started at once, so that it has read something by the time that the database is asked for.
  const thread: CustomerRead | undefined = start.ended
    ? undefined
    : readOnThread(start, task, reader ?? startCustomerReader(), memoryOf);
  try {
    const csv = await openCsv(replay(start, start.ended), task.options);
    const mapping = mapColumns(csv.header, customerImportFields, task.options.map);
    const form = createRowForm(task.form, task.constants);
    const { header, sample } = csv;
    const writer = createRowWriter({ header, mapping, sample }, form, task.options, await loadRowHashes());
    return sourceOf({ csv, mapping, writer, thread, rows: task.batchRows, sha256: hashed.sha256 });
  } catch (error) {
    await thread?.close();
    throw error;
  }
}

interface Opened {
  readonly csv: CsvFile;
  readonly mapping: ColumnMapping;
  readonly writer: RowWriter;
  /** Who reads the file, where this thread does not. */
  readonly thread: CustomerRead | undefined;
  /** Rows in a batch, at least. */
  readonly rows: number;
  readonly sha256: () => string;
}

function sourceOf({ csv, mapping, writer, thread, rows, sha256 }: Opened): ImportSource {
  return {
    csv: thread === undefined ? csv : readBy(thread, csv),
    ...{ mapping, layout: writer.layout, isLarge: thread !== undefined },
    batches: thread?.batches ?? toBatches(csv.pieces, writer, rows),
    gather: (kind) => thread?.note(kind),
    reread: (batch, places) => reread({ csv, writer }, batch, places),
    sha256,
    addresses: () => addCounts(thread?.result()?.addresses ?? NO_ADDRESSES, writer.addresses()),
    close: async () => thread?.close(),
  };
}

/** The file, with what is known of it at its end. What was found near its start may turn out otherwise further down. */
function readBy(thread: CustomerRead, csv: CsvFile): CsvFile {
  return {
    ...csv,
    get encoding() {
      return thread.result()?.encoding ?? csv.encoding;
    },
    get findings() {
      return thread.result()?.findings ?? csv.findings;
    },
  };
}

function reread(
  { csv, writer }: Pick<Opened, 'csv' | 'writer'>,
  batch: HashedBatch,
  places: readonly number[],
): ImportBatch {
  const growing = beginBatch(gatherRows(writer), writer.form, new ArrayBuffer(REREAD_BYTES));
  const records = places.map((place): CsvRecord => {
    const { raw, line, problem } = rowAt(batch, place);
    return problem === undefined ? csv.reread(raw, line) : { raw, line, problem, cells: [] };
  });
  // Their addresses were counted with the hashes, and will be again if they are good.
  for (const record of records) writer.text.forgetAddress(record);
  growing.add({ kind: 'records', records });
  return growing.finish();
}
