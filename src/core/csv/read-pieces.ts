import type { CsvRecord } from './csv-file.ts';
import type { TextDecoding } from './decode-text.ts';
import type { PlainRows, PlainScanner } from './plain-rows.ts';
import type { Scanner } from './scan-records.ts';

/** Some rows of a file: by their bytes where all of them are plain, as records otherwise. */
export type CsvPiece = PlainRows | RecordPiece;

export interface RecordPiece {
  readonly kind: 'records';
  readonly records: readonly CsvRecord[];
}

export interface PieceReading {
  readonly decoding: TextDecoding;
  readonly scanner: Scanner;
  /** Undefined where rows can't be told by their bytes. */
  readonly plain: PlainScanner | undefined;
}

const LINE_FEED = 0x0a;
// Of a line without an end; longer ones are handed on in parts.
const MOST_HELD = 65_536;
const MOST_AT_ONCE = 65_536;
/** The most bytes of a row that is known by them. */
export const LONGEST_PLAIN = MOST_HELD + MOST_AT_ONCE;

/**
 * The rest of a file, whose beginning has gone to the scanner. What comes up to a line end is looked at as bytes first; only where some row in it is not
 * plain is it decoded and scanned as text, until a row ends where a line does.
 */
export async function* readPieces(
  chunks: AsyncIterable<Uint8Array>,
  { decoding, scanner, plain }: PieceReading,
): AsyncGenerator<CsvPiece> {
  const held = Buffer.allocUnsafeSlow(LONGEST_PLAIN);
  let length = 0;
  // Neither the scanner nor the decoding has the beginning of anything.
  let isClean = false;

  /** The bytes up to `end` were read. */
  function release(end: number): void {
    held.copyWithin(0, end, length);
    length -= end;
  }

  function findPlain(end: number): PlainRows | undefined {
    if (plain === undefined || !isClean) return undefined;
    return decoding.isPlainUtf8(held.subarray(0, end)) ? plain.scan(held, end, scanner.line()) : undefined;
  }

  async function scanText(end: number, last: boolean): Promise<RecordPiece> {
    const text = await decoding.decode(held.subarray(0, end), last);
    isClean = held[end - 1] === LINE_FEED;
    release(end);
    const records = scanner.push(text, last);
    isClean &&= scanner.isEmpty();
    return { kind: 'records', records };
  }

  for await (const chunk of slice(chunks)) {
    held.set(chunk, length);
    length += chunk.length;
    const end = held.subarray(0, length).lastIndexOf(LINE_FEED) + 1;
    if (end === 0) {
      if (length > MOST_HELD) yield await scanText(length, false);
      continue;
    }
    const rows = findPlain(end);
    if (rows === undefined || (rows.rows === 0 && length > MOST_HELD)) yield await scanText(end, false);
    else {
      decoding.pass(held.subarray(0, rows.end));
      scanner.pass(rows.nextLine);
      if (rows.rows > 0) yield rows;
      release(rows.end);
    }
  }
  yield await scanText(length, true);
}

async function* slice(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += MOST_AT_ONCE) yield chunk.subarray(at, at + MOST_AT_ONCE);
  }
}
