import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { unpackError } from '../thread-error.ts';
import type { FromReader, ToReader } from './serve-reader.ts';

/** Files up to this size are read without a thread of their own, which takes longer to start than they to read. */
export const THREAD_FROM_BYTES = 2_000_000;
const BATCHES_AHEAD = 4;
// In MB, of threads that are started from then on: pieces of a file that are larger than the place for young objects would all be taken for old.
const YOUNG_AT_FIRST = '--min-semi-space-size=6';

export interface Start {
  /** The first bytes of the input, as they came. */
  readonly chunks: readonly Uint8Array[];
  /** Was that all? */
  readonly ended: boolean;
  readonly rest: AsyncIterator<Uint8Array>;
}

/** Reads as much of an input as decides whether a thread is worth it. */
export async function readStart(input: AsyncIterable<Uint8Array>, bytes = THREAD_FROM_BYTES): Promise<Start> {
  const rest = input[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length < bytes) {
    const next = await rest.next();
    if (next.done === true) return { chunks, ended: true, rest };
    chunks.push(next.value);
    length += next.value.length;
  }
  return { chunks, ended: false, rest };
}

/** What was read as an input again; with `rest`, all of it. */
export function replay({ chunks, ended, rest }: Start, withRest: boolean): Readable {
  return Readable.from(
    (async function* () {
      yield* chunks;
      while (withRest && !ended) {
        const next = await rest.next();
        if (next.done === true) return;
        yield next.value;
      }
    })(),
  );
}

/** A file that another thread reads; `End` is what is known of it at its end. */
export interface ThreadedRead<Batch, End> {
  readonly batches: AsyncIterable<Batch>;
  /** Tells the thread something that holds from now on; some batches are on their way already. */
  note(note: string): void;
  /** Undefined before the end of the batches. */
  result(): End | undefined;
  close(): Promise<void>;
}

/** A thread that can read a file and has none yet. It does not keep the program alive. */
export type ReaderThread = Worker;

/**
 * Starts a thread to read on, whose program is the file `name` without its ending, beside the one at `url`, and calls `serveReader`. It takes as long as
 * opening a database: whoever knows early that there is much to read starts it early.
 */
export function startReaderThread(name: string, url: string): ReaderThread {
  // From source the worker is TypeScript, which Node strips; installed it is JavaScript.
  const ending = url.endsWith('.ts') ? 'ts' : 'js';
  setFlagsFromString(YOUNG_AT_FIRST);
  const worker = new Worker(new URL(`./${name}.${ending}`, url), {
    // Short-lived rows die in the young generation: a large one costs memory, a small one copies them.
    resourceLimits: { maxYoungGenerationSizeMb: 18 },
  });
  worker.unref();
  return worker;
}

/** Reads and checks a file on another thread, at most a few batches ahead of who asks for them. `memoryOf` is what of a batch may be used again. */
export function readOnThread<Batch, End>(
  start: Start,
  task: object,
  worker: ReaderThread,
  memoryOf: (batch: Batch) => ArrayBuffer[],
): ThreadedRead<Batch, End> {
  worker.ref();
  // The beginning is read here as well.
  const copied = { ...start, chunks: start.chunks.map((chunk) => Uint8Array.from(chunk)) };
  const chunks = replay(copied, true)[Symbol.asyncIterator]();
  const ready: ({ batch: Batch } | { end: End })[] = [];
  let failure: unknown;
  let wake: () => void = () => {};
  let result: End | undefined;

  function fail(error: unknown): void {
    failure ??= error;
    wake();
  }

  function tell(message: ToReader): void {
    worker.postMessage(message, listGiven(message));
  }

  async function giveBytes(): Promise<void> {
    try {
      const next = await chunks.next();
      if (next.done === true) tell({ kind: 'end' });
      else tell({ kind: 'bytes', bytes: ownBytes(next.value as Uint8Array) });
    } catch (error) {
      fail(error);
    }
  }

  worker.on('message', (message: FromReader<Batch, End>) => {
    if (message.kind === 'more') void giveBytes();
    else if (message.kind === 'failed') fail(unpackError(message.error));
    else {
      ready.push(message.kind === 'batch' ? { batch: message.batch } : { end: message.end });
      wake();
    }
  });
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('the reading thread ended early')));

  worker.postMessage({ task, ahead: BATCHES_AHEAD });

  async function* listBatches(): AsyncGenerator<Batch> {
    while (true) {
      if (failure !== undefined) throw failure;
      const next = ready.shift();
      if (next === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } else if ('batch' in next) {
        yield next.batch;
        tell({ kind: 'taken', spares: memoryOf(next.batch) });
      } else {
        result = next.end;
        return;
      }
    }
  }

  return {
    batches: listBatches(),
    note: (note) => tell({ kind: 'note', note }),
    result: () => result,
    async close() {
      worker.removeAllListeners('exit');
      // It waits for the end itself, and not for one that came before.
      await worker.terminate();
    },
  };
}

/** The memory that goes to the other thread instead of being copied. */
function listGiven(message: ToReader): ArrayBuffer[] {
  if (message.kind === 'taken') return message.spares;
  return message.kind === 'bytes' ? [message.bytes.buffer] : [];
}

/** Bytes that can be given away: small buffers share their memory with others. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength
    ? new Uint8Array(buffer)
    : Uint8Array.from(bytes);
}
