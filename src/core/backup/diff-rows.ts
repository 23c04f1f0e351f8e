import { compareBytes } from '../compare-bytes.ts';
import type { ArchiveTable } from './archive-tables.ts';

/** Rows of a table as lines of JSON, in the order of its key, a chunk at a time. */
export interface DiffChunk {
  /** The same for the same rows. */
  readonly content: string;
  readonly rows: number;
  /** The lines, read only when they are needed. */
  raw(): Promise<Buffer>;
}

export interface TableDifference {
  readonly table: string;
  readonly before: number;
  readonly after: number;
  /** Rows by key: only after, only before, in both but not the same. */
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
}

type Key = readonly (string | number)[];

/** Counts how two states of a table differ, row by row; chunks that are the same in both are not read. Memory stays flat. */
export async function diffRows(
  table: ArchiveTable,
  before: AsyncIterable<DiffChunk>,
  after: AsyncIterable<DiffChunk>,
): Promise<TableDifference> {
  const places = table.key.map((name) => table.columns.findIndex((column) => column.name === name));
  const left = new Cursor(before, places);
  const right = new Cursor(after, places);
  const counts = { before: 0, after: 0, added: 0, removed: 0, changed: 0 };
  try {
    while (await skipEqual(left, right, counts)) stepRows(left, right, counts);
  } finally {
    await left.close();
    await right.close();
  }
  return { table: table.name, ...counts };
}

interface Counts {
  before: number;
  after: number;
  added: number;
  removed: number;
  changed: number;
}

/** Passes over chunks that are the same; false at the end of both. */
async function skipEqual(left: Cursor, right: Cursor, counts: Counts): Promise<boolean> {
  for (;;) {
    if (left.isAtEnd) await left.nextChunk();
    if (right.isAtEnd) await right.nextChunk();
    const [before, after] = [left.untouched, right.untouched];
    if (before === undefined || after === undefined || before.content !== after.content) break;
    counts.before += before.rows;
    counts.after += after.rows;
    left.skip();
    right.skip();
  }
  await left.load();
  await right.load();
  return !(left.isDone && right.isDone);
}

// Until one of them comes to the end of its chunk, nothing has to be waited for.
function stepRows(left: Cursor, right: Cursor, counts: Counts): void {
  while (canGoOn(left, right)) {
    const order = compareCursors(left, right);
    if (order === 0 && left.line !== right.line) counts.changed += 1;
    if (order <= 0) pass(left, counts, 'before', order === 0 ? undefined : 'removed');
    if (order >= 0) pass(right, counts, 'after', order === 0 ? undefined : 'added');
  }
}

function canGoOn(left: Cursor, right: Cursor): boolean {
  return !left.needsMore && !right.needsMore && !(left.isDone && right.isDone);
}

function pass(
  cursor: Cursor,
  counts: Counts,
  side: 'before' | 'after',
  difference: 'added' | 'removed' | undefined,
): void {
  counts[side] += 1;
  if (difference !== undefined) counts[difference] += 1;
  cursor.next();
}

function compareCursors(left: Cursor, right: Cursor): number {
  if (left.isDone) return 1;
  if (right.isDone) return -1;
  for (const [at, value] of left.key.entries()) {
    const other = right.key[at] ?? 0;
    const order =
      typeof value === 'number' && typeof other === 'number'
        ? value - other
        : compareBytes(String(value), String(other));
    if (order !== 0) return order;
  }
  return 0;
}

class Cursor {
  readonly #chunks: AsyncIterator<DiffChunk>;
  readonly #places: readonly number[];
  #chunk: DiffChunk | undefined;
  #lines: readonly string[] | undefined;
  #at = 0;
  #key: Key | undefined;
  isDone = false;

  constructor(chunks: AsyncIterable<DiffChunk>, places: readonly number[]) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#places = places;
  }

  /** Was every row of the chunk in hand passed over? */
  get isAtEnd(): boolean {
    return this.#chunk === undefined || (this.#lines !== undefined && this.#at >= this.#lines.length);
  }

  get needsMore(): boolean {
    return this.isAtEnd && !this.isDone;
  }

  /** The chunk in hand, while nothing of it was looked at. */
  get untouched(): DiffChunk | undefined {
    return this.#at === 0 ? this.#chunk : undefined;
  }

  get line(): string {
    return this.#lines?.[this.#at] ?? '';
  }

  get key(): Key {
    if (this.#key === undefined) {
      const row = JSON.parse(this.line) as readonly (string | number)[];
      this.#key = this.#places.map((place) => row[place] ?? 0);
    }
    return this.#key;
  }

  next(): void {
    this.#at += 1;
    this.#key = undefined;
  }

  skip(): void {
    this.#chunk = undefined;
    this.#lines = undefined;
  }

  async nextChunk(): Promise<void> {
    if (this.isDone) return;
    const { done, value } = await this.#chunks.next();
    this.#chunk = done === true ? undefined : value;
    this.isDone = done === true;
    this.#lines = undefined;
    this.#at = 0;
    this.#key = undefined;
  }

  async load(): Promise<void> {
    if (this.#chunk === undefined || this.#lines !== undefined) return;
    const lines = (await this.#chunk.raw()).toString('utf8').split('\n');
    lines.pop();
    this.#lines = lines;
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
