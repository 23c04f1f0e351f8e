import type { RowForm } from '../customers/row-form.ts';

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
  let bytes = Buffer.allocUnsafeSlow(form.headerLength);
  let length = form.headerLength;
  return {
    add(text) {
      if (length + text.length > bytes.length) {
        const larger = Buffer.allocUnsafeSlow(Math.max(size, 2 * (length + text.length)));
        larger.set(bytes.subarray(0, length));
        bytes = larger;
      }
      length += bytes.write(text, length, 'latin1');
    },
    length: () => length,
    isEmpty: () => length === form.headerLength,
    finish() {
      const payload = bytes.subarray(0, length);
      form.finish(payload);
      length = form.headerLength;
      return payload;
    },
  };
}
