import { type MessagePort, parentPort } from 'node:worker_threads';
import type { CsvOptions } from '../csv/csv-file.ts';
import { mapColumns } from '../csv/map-columns.ts';
import { openCsv } from '../csv/open-csv.ts';
import { packError, type ThreadError } from '../thread-error.ts';
import { customerImportFields } from './customer-import-fields.ts';
import { gatherHashes, type HashedBatch, memoryOf } from './hashed-batch.ts';
import { beginBatch, cutBatches, gatherRows, type ImportBatch } from './import-batch.ts';
import type { ReadFile } from './read-on-thread.ts';
import { createRowForm, type FormName } from './row-form.ts';
import { loadRowHashes } from './row-hash.ts';
import { createRowWriter, type RowOptions } from './row-writer.ts';

/** How a file is read; plain data, so that it can go to another thread. */
export interface ReadingOptions extends CsvOptions, RowOptions {
  readonly map: readonly string[];
}

/** What a thread has to read, and how. */
export interface ReaderTask {
  readonly options: ReadingOptions;
  readonly form: FormName;
  readonly constants: readonly string[];
  /** Rows in a batch, at least. */
  readonly batchRows: number;
}

/** The first message to the thread. */
interface ThreadTask extends ReaderTask {
  /** How many batches it may be ahead. */
  readonly ahead: number;
}

export type ToReader =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'end' }
  /** From now on batches are to be of hashes, or of rows. */
  | { readonly kind: 'switch'; readonly to: 'hashes' | 'rows' }
  /** A batch has gone to the database: its memory comes back, to be used again. */
  | { readonly kind: 'taken'; readonly spares: ArrayBuffer[] };

export type FromReader =
  | { readonly kind: 'more' }
  | { readonly kind: 'batch'; readonly batch: ImportBatch | HashedBatch }
  | { readonly kind: 'read'; readonly file: ReadFile }
  | { readonly kind: 'failed'; readonly error: ThreadError };

// The writer is deaf while the database works: for as long there has to be something to read.
const CHUNKS_AHEAD = 12;
// What is scanned at once: the rows of a piece live no longer than it.
const PIECE_BYTES = 16_384;

/** The other end of `readOnThread`: this file is the program of the thread. */
async function readFor(port: MessagePort, task: ThreadTask): Promise<void> {
  const tell = (message: FromReader, transfer: ArrayBuffer[] = []): void =>
    port.postMessage(message, transfer);
  const chunks: (Uint8Array<ArrayBuffer> | undefined)[] = [];
  const spares: ArrayBuffer[] = [];
  let credit = task.ahead;
  let gathers: 'hashes' | 'rows' = 'rows';
  // Both the reader and the writer may wait for news at the same time.
  let waiting: (() => void)[] = [];
  port.on('message', (message: ToReader) => {
    if (message.kind === 'taken') {
      credit += 1;
      spares.push(...message.spares);
    } else if (message.kind === 'switch') gathers = message.to;
    else chunks.push(message.kind === 'bytes' ? message.bytes : undefined);
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  });
  const change = () =>
    new Promise<void>((resolve) => {
      waiting.push(resolve);
    });

  async function* listChunks(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    for (let asked = 0; asked < CHUNKS_AHEAD; asked += 1) tell({ kind: 'more' });
    while (true) {
      while (chunks.length === 0) await change();
      const chunk = chunks.shift();
      if (chunk === undefined) return;
      tell({ kind: 'more' });
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) yield chunk.subarray(at, at + PIECE_BYTES);
      // Given back at once: the collector would let a lot of them gather.
      chunk.buffer.transfer(0);
    }
  }

  try {
    const input = { [Symbol.asyncIterator]: listChunks, destroy: () => {} };
    const csv = await openCsv(input, task.options);
    const mapping = mapColumns(csv.header, customerImportFields, task.options.map);
    const form = createRowForm(task.form, task.constants);
    const { header, sample } = csv;
    const writer = createRowWriter({ header, mapping, sample }, form, task.options, await loadRowHashes());
    const hashForm = createRowForm(task.form, []);
    const addressColumn = mapping.indexOf('email') ?? -1;
    const begin = () =>
      gathers === 'rows'
        ? beginBatch<ImportBatch | HashedBatch>(gatherRows(writer, form), form, spares.pop())
        : beginBatch(gatherHashes(writer, hashForm, addressColumn, spares.pop()), hashForm, spares.pop());
    for await (const batch of cutBatches(csv.batches, task.batchRows, begin)) {
      while (credit === 0) await change();
      credit -= 1;
      tell({ kind: 'batch', batch }, [batch.lines.buffer, ...memoryOf(batch)]);
    }
    tell({
      kind: 'read',
      file: {
        ...{ encoding: csv.encoding, findings: csv.findings, addresses: writer.addresses() },
      },
    });
  } catch (error) {
    tell({ kind: 'failed', error: packError(error) });
  }
}

// The first message is the task; what follows belongs to it.
const port = parentPort;
port?.once('message', (task: ThreadTask) => void readFor(port, task));
