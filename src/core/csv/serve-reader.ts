import { type MessagePort, parentPort } from 'node:worker_threads';
import { packError, type ThreadError } from '../thread-error.ts';
import type { CsvInput } from './csv-input.ts';

export type ToReader =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'end' }
  /** Something that holds from now on. */
  | { readonly kind: 'note'; readonly note: string }
  /** A batch has gone to the database: its memory comes back, to be used again. */
  | { readonly kind: 'taken'; readonly spares: ArrayBuffer[] };

export type FromReader<Batch, End> =
  | { readonly kind: 'more' }
  | { readonly kind: 'batch'; readonly batch: Batch }
  | { readonly kind: 'read'; readonly end: End }
  | { readonly kind: 'failed'; readonly error: ThreadError };

/** The first message to the thread. */
interface Order<Task> {
  readonly task: Task;
  /** How many batches it may be ahead. */
  readonly ahead: number;
}

/** What a thread reads with. */
export interface ReaderPlace {
  readonly input: CsvInput;
  /** Memory of an earlier batch, where there is any. */
  spare(): ArrayBuffer | undefined;
  /** What was told last; undefined before anything was. */
  note(): string | undefined;
}

/** Gives the batches of a file, and at last what is known of it. */
export type Read<Task, Batch, End> = (task: Task, place: ReaderPlace) => AsyncGenerator<Batch, End>;

// The writer is deaf while the database works: for as long there has to be something to read.
const CHUNKS_AHEAD = 12;
// What is scanned at once: the rows of a piece live no longer than it.
const PIECE_BYTES = 16_384;

/** The other end of `readOnThread`, for the program of a thread. `memoryOf` is what of a batch goes to the other thread instead of being copied. */
export function serveReader<Task, Batch, End>(
  read: Read<Task, Batch, End>,
  memoryOf: (batch: Batch) => ArrayBuffer[],
): void {
  const port = parentPort;
  // The first message is the task; what follows belongs to it.
  port?.once('message', (order: Order<Task>) => void serve(port, order, read, memoryOf));
}

async function serve<Task, Batch, End>(
  port: MessagePort,
  { task, ahead }: Order<Task>,
  read: Read<Task, Batch, End>,
  memoryOf: (batch: Batch) => ArrayBuffer[],
): Promise<void> {
  const tell = (message: FromReader<Batch, End>, transfer: ArrayBuffer[] = []): void =>
    port.postMessage(message, transfer);
  const chunks: (Uint8Array<ArrayBuffer> | undefined)[] = [];
  const spares: ArrayBuffer[] = [];
  let credit = ahead;
  let lastNote: string | undefined;
  // Both the reader and the writer may wait for news at the same time.
  let waiting: (() => void)[] = [];
  port.on('message', (message: ToReader) => {
    if (message.kind === 'taken') {
      credit += 1;
      spares.push(...message.spares);
    } else if (message.kind === 'note') lastNote = message.note;
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
    const batches = read(task, { input, spare: () => spares.pop(), note: () => lastNote });
    for (let next = await batches.next(); ; next = await batches.next()) {
      if (next.done === true) {
        tell({ kind: 'read', end: next.value });
        return;
      }
      while (credit === 0) await change();
      credit -= 1;
      tell({ kind: 'batch', batch: next.value }, memoryOf(next.value));
    }
  } catch (error) {
    tell({ kind: 'failed', error: packError(error) });
  }
}
