import type { CsvRecord } from './csv-file.ts';
import { scanQuotedRow } from './scan-quoted-row.ts';

export interface Scanner {
  /** The rows that are complete with this text; `last` says that nothing follows. Blank lines are left out. */
  push(text: string, last: boolean): CsvRecord[];
}

export const MAX_RECORD_LENGTH = 1_048_576;
const RAW_LENGTH_KEPT = 1_000;
const PROBLEMS = {
  incomplete: 'a quote opens here and is never closed',
  malformed: 'a quoted cell goes on after its closing quote',
} as const;

/** What was found at one place: a row, or nothing but a blank line. */
interface Step {
  readonly record?: CsvRecord;
  /** Where the next row begins. */
  readonly next: number;
  readonly lines: number;
  /** The line is too long to be kept, and its end is still to come. */
  readonly skips: boolean;
}

/**
 * Cuts text into rows after RFC 4180, with the liberties that real exports take: line ends may be LF, CRLF or CR, blanks may
 * surround a quoted cell, and a quote inside an unquoted cell is itself. A row that can't be read so (a quote never closed,
 * text after a closing quote) costs its first line only: the scan goes on with the next one.
 */
export function createScanner(
  delimiter: string,
  maxRecordLength = MAX_RECORD_LENGTH,
  firstLine = 1,
): Scanner {
  let rest = '';
  let line = firstLine;
  let skips = false;

  function push(text: string, last: boolean): CsvRecord[] {
    const piece: Piece = { buffer: rest + text, last, delimiter, maxRecordLength };
    const find = createFinder(piece.buffer);
    const records: CsvRecord[] = [];
    let at = skips ? afterSkippedLine(piece.buffer, find.lineEnd(0)) : 0;
    while (at < piece.buffer.length) {
      const end = find.lineEnd(at);
      const scanLine = find.hasQuote(at, end) ? scanQuotedLine : scanPlainLine;
      const step = scanLine(piece, at, end, line);
      if (step === 'wait') break;
      if (step.record !== undefined) records.push(step.record);
      at = step.next;
      line += step.lines;
      skips = step.skips;
    }
    rest = piece.buffer.slice(at);
    return records;
  }

  function afterSkippedLine(buffer: string, end: number): number {
    if (end < buffer.length) skips = false;
    return end + terminatorLength(buffer, end);
  }

  return { push };
}

interface Piece {
  readonly buffer: string;
  readonly last: boolean;
  readonly delimiter: string;
  readonly maxRecordLength: number;
}

/** A line without quotes is a row. */
function scanPlainLine(piece: Piece, at: number, end: number, line: number): Step | 'wait' {
  const { buffer, delimiter, maxRecordLength } = piece;
  const isWhole = piece.last || isComplete(buffer, end);
  if (!isWhole && buffer.length - at <= maxRecordLength) return 'wait';
  const raw = buffer.slice(at, end);
  if (!isWhole || raw.length > maxRecordLength) return badLine(piece, at, end, line);
  const next = end + terminatorLength(buffer, end);
  if (isBlank(raw, delimiter)) return { next, lines: 1, skips: false };
  return { record: { line, cells: raw.split(delimiter), raw }, next, lines: 1, skips: false };
}

/** A line of delimiters alone is a row of empty cells, not a blank line. */
function isBlank(raw: string, delimiter: string): boolean {
  return raw.trim() === '' && !raw.includes(delimiter);
}

/** A line with quotes begins a row that may go on over several lines. */
function scanQuotedLine(piece: Piece, at: number, end: number, line: number): Step | 'wait' {
  const { buffer, last, delimiter, maxRecordLength } = piece;
  const row = scanQuotedRow(buffer, at, delimiter, maxRecordLength);
  if (typeof row === 'object' && (last || isComplete(buffer, row.end))) {
    const raw = buffer.slice(at, row.end);
    const next = row.end + terminatorLength(buffer, row.end);
    return { record: { line, cells: row.cells, raw }, next, lines: 1 + countLineEnds(raw), skips: false };
  }
  const isCertain =
    last || buffer.length - at > maxRecordLength || (row === 'malformed' && isComplete(buffer, end));
  if (!isCertain) return 'wait';
  return badLine(piece, at, end, line, typeof row === 'string' ? PROBLEMS[row] : undefined);
}

/** Gives up one line, so that the next row is found again. */
function badLine(piece: Piece, at: number, end: number, line: number, reason?: string): Step {
  const skips = !piece.last && !isComplete(piece.buffer, end);
  const tooLong = `the row is longer than ${piece.maxRecordLength} characters`;
  const raw = piece.buffer.slice(at, skips ? at + RAW_LENGTH_KEPT : end);
  const problem = skips || reason === undefined ? tooLong : reason;
  return {
    record: { line, cells: [], raw, problem },
    next: end + terminatorLength(piece.buffer, end),
    lines: 1,
    skips,
  };
}

interface Finder {
  lineEnd(at: number): number;
  hasQuote(at: number, end: number): boolean;
}

/** Looks ahead for line ends and quotes, each found once: asking for a place that grows never searches the same text twice. */
function createFinder(buffer: string): Finder {
  const nextQuote = createSearch(buffer, '"');
  const nextLineFeed = createSearch(buffer, '\n');
  const nextCarriageReturn = createSearch(buffer, '\r');
  return {
    lineEnd: (at) => Math.min(nextLineFeed(at), nextCarriageReturn(at)),
    hasQuote: (at, end) => nextQuote(at) < end,
  };
}

function createSearch(buffer: string, character: string): (at: number) => number {
  let found = -1;
  return (at) => {
    if (found < at) {
      const index = buffer.indexOf(character, at);
      found = index === -1 ? buffer.length : index;
    }
    return found;
  };
}

/** Is the line end at `end` there as a whole? A CR at the very end may be half of a CRLF. */
function isComplete(buffer: string, end: number): boolean {
  return end < buffer.length && !(buffer[end] === '\r' && end + 1 === buffer.length);
}

function terminatorLength(buffer: string, end: number): number {
  if (end >= buffer.length) return 0;
  return buffer[end] === '\r' && buffer[end + 1] === '\n' ? 2 : 1;
}

function countLineEnds(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
}
