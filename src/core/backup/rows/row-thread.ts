import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { unpackError } from '../../thread-error.ts';
import type { ArchiveTable } from '../archive-tables.ts';
import type { FromRowReader, RowTask, ToRowReader } from './row-reader.ts';
import type { KeyRange, RowText } from './row-text.ts';

const PATIENCE_MS = 5_000;

type Answer = 'opened' | 'begun' | 'ended';

/** A thread with a connection of its own, which reads rows and makes chunks of them. */
export class RowThread {
  readonly #worker: Worker;
  readonly #answers = new Map<Answer, PromiseWithResolvers<void>>();
  /** In the order in which they were asked for. */
  readonly #readings: Reading[] = [];
  #failure: unknown;
  #isClosing = false;
  readonly #exited: Promise<unknown>;

  private constructor() {
    // From source the worker is TypeScript, which Node strips; installed it is JavaScript.
    const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    this.#worker = new Worker(new URL(`./row-reader.${ending}`, import.meta.url), {
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    });
    this.#worker.on('message', (message: FromRowReader) => this.#take(message));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#exited = once(this.#worker, 'exit').catch(() => undefined);
    this.#worker.on('exit', () => {
      if (!this.#isClosing) this.#fail(new Error('a thread that reads rows ended early'));
    });
  }

  /** Starts a thread, which opens the database. Throws what opening throws. */
  static async start(task: RowTask): Promise<RowThread> {
    const thread = new RowThread();
    thread.#worker.postMessage(task);
    try {
      await thread.#answer('opened');
      return thread;
    } catch (error) {
      await thread.stop();
      throw error;
    }
  }

  /** Makes it take a snapshot. */
  async begin(snapshot: string | null): Promise<void> {
    this.#tell({ kind: 'begin', snapshot });
    await this.#answer('begun');
  }

  /** Makes it let its snapshot go. */
  async end(): Promise<void> {
    this.#tell({ kind: 'end' });
    await this.#answer('ended');
  }

  /** The chunks of a table with keys in this range, which it begins to read at once, or when it has read what it was asked for before. */
  read(table: ArchiveTable, range: KeyRange): AsyncIterable<RowText> {
    const reading = new Reading((spare) => this.#tell({ kind: 'taken', spare }, [spare]));
    if (this.#failure === undefined) this.#readings.push(reading);
    else reading.fail(this.#failure);
    this.#tell({ kind: 'read', table, range });
    return reading.chunks();
  }

  /** Ends the thread when it has let its snapshot go, so that no server has to find out that it is gone. */
  async close(): Promise<void> {
    await this.end();
    this.#isClosing = true;
    this.#tell({ kind: 'close' });
    await this.#exited;
  }

  /** Ends the thread, whatever it is doing. Only one that does not end by itself is cut off: in the midst of native code that takes the process down. */
  async stop(): Promise<void> {
    this.#isClosing = true;
    this.#tell({ kind: 'stop' });
    await Promise.race([this.#exited, sleep(PATIENCE_MS, undefined, { ref: false })]);
    await this.#worker.terminate();
  }

  #tell(message: ToRowReader, given: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, given);
  }

  async #answer(kind: Answer): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const answer = Promise.withResolvers<void>();
    this.#answers.set(kind, answer);
    await answer.promise;
  }

  #take(message: FromRowReader): void {
    if (message.kind === 'failed') this.#fail(unpackError(message.error));
    else if (message.kind === 'chunk') this.#readings[0]?.add(message);
    else if (message.kind === 'read') this.#readings.shift()?.end();
    else {
      this.#answers.get(message.kind)?.resolve();
      this.#answers.delete(message.kind);
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    for (const { reject } of this.#answers.values()) reject(this.#failure);
    for (const reading of this.#readings) reading.fail(this.#failure);
  }
}

class Reading {
  readonly #giveBack: (spare: ArrayBuffer) => void;
  readonly #ready: RowText[] = [];
  #state: { readonly failure: unknown } | 'reading' | 'ended' = 'reading';
  #wake: () => void = () => {};

  constructor(giveBack: (spare: ArrayBuffer) => void) {
    this.#giveBack = giveBack;
  }

  add({ memory, bytes, rows, group, content }: FromRowReader & { kind: 'chunk' }): void {
    const raw = Buffer.from(memory, 0, bytes);
    this.#ready.push({ raw, rows, group, content, release: () => this.#giveBack(memory) });
    this.#wake();
  }

  end(): void {
    this.#state = 'ended';
    this.#wake();
  }

  fail(failure: unknown): void {
    this.#state = { failure };
    this.#wake();
  }

  async *chunks(): AsyncGenerator<RowText> {
    for (;;) {
      const chunk = this.#ready.shift();
      if (chunk !== undefined) yield chunk;
      else if (this.#state === 'ended') return;
      else if (this.#state !== 'reading') throw this.#state.failure;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
