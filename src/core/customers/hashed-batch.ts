import type { CsvRecord } from '../csv/csv-file.ts';
import { lineAt, type PlainRows, plainBytes } from '../csv/plain-rows.ts';
import type { CsvPiece } from '../csv/read-pieces.ts';
import { GrowingBytes } from '../growing-bytes.ts';
import { createRepeatFinder } from './find-repeats.ts';
import type { Gathering, ImportBatch } from './import-batch.ts';
import type { RowWriter } from './row-writer.ts';

/** Some rows of a file of which only the customers' ids were read: enough to tell those that changed nothing the last time either. */
export interface HashedBatch {
  readonly kind: 'hashes';
  readonly rows: number;
  /** Of each row the customer's id and its hash, or twice nothing where it has no id: binary JSON for SQLite, lines for PostgreSQL. */
  readonly payload: Uint8Array<ArrayBuffer>;
  /** The line of each row. */
  readonly lines: Uint32Array<ArrayBuffer>;
  /** Is a customer named twice among them? */
  readonly hasRepeats: boolean;
  /** The rows as written, one after the other in UTF-8, and after how many bytes each ends. */
  readonly text: Uint8Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
  /** Why a row is none, by its place from 0. */
  readonly problems: ReadonlyMap<number, string>;
}

/** Gathers rows for a batch of hashes. */
export function gatherHashes(
  { text, plain, form }: RowWriter,
  spare?: ArrayBuffer,
): Gathering<HashedBatch, CsvPiece> {
  const lines: number[] = [];
  const ends: number[] = [];
  const problems = new Map<number, string>();
  const ids = createRepeatFinder();
  const raws = new GrowingBytes(spare);

  function addRecord(record: CsvRecord, payload: GrowingBytes): void {
    payload.addByteText(text.hash(record));
    if (record.problem !== undefined) problems.set(lines.length, record.problem);
    raws.addText(record.raw);
    took(record.line, text.lastId());
  }

  function addPlain(piece: PlainRows, row: number, payload: GrowingBytes): void {
    plain.hash(piece, row, payload);
    const raw = plainBytes(piece, row);
    raws.addBytes(raw, 0, raw.length);
    took(lineAt(piece, row), plain.lastId());
  }

  function took(line: number, id: string): void {
    if (id !== form.nothing) ids.add(id);
    lines.push(line);
    ends.push(raws.length);
  }

  return {
    add(piece, payload) {
      if (piece.kind === 'records') for (const record of piece.records) addRecord(record, payload);
      else for (let row = 0; row < piece.rows; row += 1) addPlain(piece, row, payload);
    },
    rows: () => lines.length,
    held: () => raws.length,
    finish: (payload) => ({
      ...{ kind: 'hashes', rows: lines.length, payload, text: raws.finish(), problems },
      ...{ lines: Uint32Array.from(lines), ends: Uint32Array.from(ends), hasRepeats: ids.hasRepeats() },
    }),
  };
}

/** The row at a place of a batch, as it was written. */
export function rowAt({ text, ends, lines, problems }: HashedBatch, place: number) {
  const [start, end] = [place === 0 ? 0 : (ends[place - 1] ?? 0), ends[place] ?? 0];
  const raw = Buffer.from(text.buffer).toString('utf8', start, end);
  return { raw, line: lines[place] ?? 0, problem: problems.get(place) };
}

/** The memory of a batch that can be used again for another one. */
export function memoryOf(batch: ImportBatch | HashedBatch): ArrayBuffer[] {
  return batch.kind === 'rows' ? [batch.payload.buffer] : [batch.payload.buffer, batch.text.buffer];
}
