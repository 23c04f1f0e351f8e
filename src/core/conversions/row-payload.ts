import type { RowForm } from '../customers/row-form.ts';
import { GrowingBytes } from '../growing-bytes.ts';

/** Rows on their way to the database, as bytes. */
export interface RowPayload {
  /** Adds rows as `form.row` spells them. */
  add(text: string): void;
  length(): number;
  isEmpty(): boolean;
  /** The bytes of all rows since the last time; they stay until rows are added again. */
  finish(): Uint8Array;
}

/** Rows become bytes as soon as they are there: texts that are joined for long cost more to tidy up than to read. `size` is what it holds at first. */
export function createRowPayload(form: RowForm, size: number): RowPayload {
  const rows = new GrowingBytes(new ArrayBuffer(form.headerLength), form.headerLength);
  return {
    add(text) {
      if (rows.length === form.headerLength) rows.reserve(size);
      rows.addByteText(text);
    },
    length: () => rows.length,
    isEmpty: () => rows.length === form.headerLength,
    finish() {
      form.close(rows);
      const payload = rows.finish();
      rows.length = form.headerLength;
      return payload;
    },
  };
}
