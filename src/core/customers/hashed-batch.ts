import type { CsvRecord } from '../csv/csv-file.ts';
import { createRepeatFinder } from './find-repeats.ts';
import { growBytes } from './growing-bytes.ts';
import type { Gathering, ImportBatch } from './import-batch.ts';
import type { FormName, RowForm } from './row-form.ts';
import type { RowWriter } from './row-writer.ts';

/** Some rows of a file of which only the customers' ids were read: enough to tell those that changed nothing the last time either. */
export interface HashedBatch {
  readonly kind: 'hashes';
  readonly rows: number;
  readonly form: FormName;
  /** Of each row the customer's id and its hash, or twice nothing where it has no id, in that form. */
  readonly payload: Uint8Array<ArrayBuffer>;
  /** The line of each row. */
  readonly lines: Uint32Array<ArrayBuffer>;
  /** Is a customer named twice among them? */
  readonly hasRepeats: boolean;
  /** The rows as written, one after the other in UTF-16, and after how many characters each ends. */
  readonly text: Uint8Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
  /** Why a row is none, by its place from 0. */
  readonly problems: ReadonlyMap<number, string>;
  /** The cells of addresses, a line each. */
  readonly addresses: string;
}

/** Gathers rows for a batch of hashes; `addressColumn` is where they have their address. */
export function gatherHashes(
  writer: RowWriter,
  form: RowForm,
  addressColumn: number,
  spare?: ArrayBuffer,
): Gathering<HashedBatch> {
  const lines: number[] = [];
  const ends: number[] = [];
  const problems = new Map<number, string>();
  const ids = createRepeatFinder();
  const text = growBytes({ encoding: 'utf16le', spare });
  let length = 0;
  let addresses = '';

  function add(records: readonly CsvRecord[]): string {
    let written = '';
    let raws = '';
    for (const record of records) {
      const { id, hash } = writer.hash(record);
      if (record.problem !== undefined) problems.set(lines.length, record.problem);
      if (id !== form.nothing) ids.add(id);
      lines.push(record.line);
      raws += record.raw;
      length += record.raw.length;
      ends.push(length);
      const address = record.cells[addressColumn] ?? '';
      // An address goes over no line end: a row with one in it is refused.
      addresses += address.includes('\n') ? '\n' : `${address}\n`;
      written += form.row([id, hash]);
    }
    text.append(raws);
    return written;
  }

  return {
    add,
    rows: () => lines.length,
    held: () => length,
    finish: (payload) => ({
      ...{
        kind: 'hashes',
        rows: lines.length,
        form: form.name,
        payload,
        text: text.finish(),
        problems,
        addresses,
      },
      ...{ lines: Uint32Array.from(lines), ends: Uint32Array.from(ends), hasRepeats: ids.hasRepeats() },
    }),
  };
}

/** The row at a place of a batch, as it was written. */
export function rowAt({ text, ends, lines, problems }: HashedBatch, place: number) {
  const [start, end] = [place === 0 ? 0 : (ends[place - 1] ?? 0), ends[place] ?? 0];
  const raw = Buffer.from(text.buffer).toString('utf16le', 2 * start, 2 * end);
  return { raw, line: lines[place] ?? 0, problem: problems.get(place) };
}

/** The memory of a batch that can be used again for another one. */
export function memoryOf(batch: ImportBatch | HashedBatch): ArrayBuffer[] {
  return batch.kind === 'rows' ? [batch.payload.buffer] : [batch.payload.buffer, batch.text.buffer];
}
