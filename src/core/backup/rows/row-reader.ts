import { type MessagePort, parentPort } from 'node:worker_threads';
import type { Database, Queries } from '../../database/database.ts';
import { type OpenOptions, openDatabase } from '../../database/open-database.ts';
import { packError, type ThreadError } from '../../thread-error.ts';
import type { ArchiveTable } from '../archive-tables.ts';
import { contentHash } from '../content-hash.ts';
import { readRowTexts } from './read-row-texts.ts';
import { adoptSnapshot, readOnce } from './row-queries.ts';
import { CHUNK_BYTES, type KeyRange } from './row-text.ts';

/** The first message to the thread. */
export interface RowTask {
  readonly opening: OpenOptions;
  /** The key of content hashes. */
  readonly key: Uint8Array | undefined;
  /** Chunks that may be with the other thread at a time. */
  readonly ahead: number;
}

export type ToRowReader =
  /** Take a snapshot: on PostgreSQL that of another connection. */
  | { readonly kind: 'begin'; readonly snapshot: string | null }
  | { readonly kind: 'read'; readonly table: ArchiveTable; readonly range: KeyRange }
  /** A chunk is done with: its memory comes back, to be used again. */
  | { readonly kind: 'taken'; readonly spare: ArrayBuffer }
  /** Let the snapshot go. */
  | { readonly kind: 'end' }
  | { readonly kind: 'close' }
  /** Nobody wants any more: end as soon as can be, whatever was asked for. */
  | { readonly kind: 'stop' };

export type FromRowReader =
  | { readonly kind: 'opened' | 'begun' | 'ended' | 'read' }
  | {
      readonly kind: 'chunk';
      readonly memory: ArrayBuffer;
      readonly bytes: number;
      readonly rows: number;
      readonly group: number;
      readonly content: string;
    }
  | { readonly kind: 'failed'; readonly error: ThreadError };

// Most chunks have less than they may have, and memory of one size fits them all.
const SPARE_BYTES = CHUNK_BYTES * 0.75;

/** The other end of `RowThread`: this file is the program of the thread. */
class RowReader {
  readonly #port: MessagePort;
  readonly #task: RowTask;
  readonly #orders: ToRowReader[] = [];
  readonly #spares: ArrayBuffer[] = [];
  #credit: number;
  #isStopped = false;
  #wake: () => void = () => {};

  constructor(port: MessagePort, task: RowTask) {
    this.#port = port;
    this.#task = task;
    this.#credit = task.ahead;
    port.on('message', (message: ToRowReader) => {
      if (message.kind === 'taken') {
        this.#credit += 1;
        this.#spares.push(message.spare);
      } else if (message.kind === 'stop') this.#isStopped = true;
      else this.#orders.push(message);
      this.#wake();
    });
  }

  async run(): Promise<void> {
    const database = await openDatabase({ ...this.#task.opening, migrations: 'skip', readOnly: true });
    try {
      this.#tell({ kind: 'opened' });
      for (let order = await this.#next(); order.kind !== 'close'; order = await this.#next()) {
        const snapshot = order.kind === 'begin' ? order.snapshot : null;
        await database.snapshot((transaction) => this.#serve(database, transaction, snapshot));
        this.#tell({ kind: 'ended' });
      }
    } finally {
      await database.close();
    }
  }

  async #serve(database: Database, transaction: Queries, snapshot: string | null): Promise<void> {
    if (snapshot !== null) await adoptSnapshot(transaction, snapshot);
    if (database.engine === 'sqlite') await readOnce(transaction);
    this.#tell({ kind: 'begun' });
    for (let order = await this.#next(); order.kind === 'read'; order = await this.#next()) {
      await this.#read(database, transaction, order.table, order.range);
    }
  }

  async #read(database: Database, transaction: Queries, table: ArchiveTable, range: KeyRange): Promise<void> {
    const allocate = (bytes: number): Buffer => this.#allocate(bytes);
    for await (const { raw, rows, group } of readRowTexts(transaction, database.queries, table, {
      ranges: [range],
      allocate,
    })) {
      while (this.#credit === 0 && !this.#isStopped) await this.#news();
      if (this.#isStopped) return;
      this.#credit -= 1;
      const content = contentHash(this.#task.key, raw);
      const memory = raw.buffer as ArrayBuffer;
      this.#tell({ kind: 'chunk', memory, bytes: raw.length, rows, group, content }, [memory]);
    }
    this.#tell({ kind: 'read' });
  }

  #allocate(bytes: number): Buffer {
    const spare = this.#spares.pop();
    if (spare !== undefined && spare.byteLength >= bytes) return Buffer.from(spare, 0, bytes);
    return Buffer.from(Buffer.allocUnsafeSlow(Math.max(bytes, SPARE_BYTES)).buffer, 0, bytes);
  }

  async #next(): Promise<ToRowReader> {
    for (;;) {
      if (this.#isStopped) return { kind: 'close' };
      const order = this.#orders.shift();
      if (order !== undefined) return order;
      await this.#news();
    }
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #tell(message: FromRowReader, given: ArrayBuffer[] = []): void {
    this.#port.postMessage(message, given);
  }
}

// The first message is the task; what follows belongs to it.
const port = parentPort;
port?.once('message', (task: RowTask) => {
  new RowReader(port, task).run().then(
    () => port.close(),
    (error: unknown) => {
      port.postMessage({ kind: 'failed', error: packError(error) } satisfies FromRowReader);
      port.close();
    },
  );
});
