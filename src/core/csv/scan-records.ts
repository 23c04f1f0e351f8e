import type { CsvRecord } from './csv-file.ts';
import { scanQuotedRow } from './scan-quoted-row.ts';

export interface Scanner {
  /** The rows that are complete with this text; `last` says that nothing follows. Blank lines are left out. */
  push(text: string, last: boolean): CsvRecord[];
  /** Has every row ended that was begun? */
  isEmpty(): boolean;
  /** The line that comes next. */
  line(): number;
  /** Goes on at a line, since those before it were read otherwise. */
  pass(line: number): void;
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
  // What is in no row yet, in the pieces in which it came.
  let parts: string[] = [];
  let length = 0;
  let enough = 0;
  let isQuoted = false;
  let line = firstLine;
  let skips = false;

  function push(text: string, last: boolean): CsvRecord[] {
    parts.push(text);
    length += text.length;
    const mayEnd = last || length >= enough || (!isQuoted && hasLineEnd(text));
    return mayEnd ? scan(last) : [];
  }

  function scan(last: boolean): CsvRecord[] {
    const piece: Piece = { buffer: parts.join(''), last, delimiter, maxRecordLength };
    const find = createFinder(piece.buffer);
    const records: CsvRecord[] = [];
    let at = skips ? skipLine(piece, find.lineEnd(0)) : 0;
    while (!skips && at < piece.buffer.length) {
      const end = find.lineEnd(at);
      const step = scanLine(piece, at, end, find.hasQuote(at, end), line);
      if (step === 'wait') break;
      if (step.record !== undefined) records.push(step.record);
      at = step.next;
      line += step.lines;
      skips = step.skips;
    }
    keep(piece.buffer, at, find.hasQuote(at, piece.buffer.length));
    return records;
  }

  /**
   * Keeps the beginning of a row, and says when it is looked at again: without quotes as soon as a line ends, with quotes when it has doubled, so
   * that each character is looked at a few times at most, however small the pieces are; and when it is too long.
   */
  function keep(buffer: string, at: number, hasQuote: boolean): void {
    parts = [buffer.slice(at)];
    length = buffer.length - at;
    isQuoted = hasQuote;
    enough = Math.min(hasQuote ? 2 * length : Number.POSITIVE_INFINITY, maxRecordLength + 1);
  }

  function skipLine({ buffer, last }: Piece, end: number): number {
    skips = !last && !isComplete(buffer, end);
    return skips ? end : end + terminatorLength(buffer, end);
  }

  return {
    push,
    isEmpty: () => length === 0 && !skips,
    line: () => line,
    pass(next) {
      line = next;
    },
  };
}

interface Piece {
  readonly buffer: string;
  readonly last: boolean;
  readonly delimiter: string;
  readonly maxRecordLength: number;
}

function scanLine(piece: Piece, at: number, end: number, hasQuote: boolean, line: number): Step | 'wait' {
  if (end - at > piece.maxRecordLength) return badLine(piece, at, end, line);
  return (hasQuote ? scanQuotedLine : scanPlainLine)(piece, at, end, line);
}

/** A line without quotes is a row. */
function scanPlainLine(piece: Piece, at: number, end: number, line: number): Step | 'wait' {
  const { buffer, delimiter } = piece;
  if (!piece.last && !isComplete(buffer, end)) return 'wait';
  const raw = buffer.slice(at, end);
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
  if (typeof row === 'object') {
    if (!last && !isComplete(buffer, row.end)) return 'wait';
    const raw = buffer.slice(at, row.end);
    const next = row.end + terminatorLength(buffer, row.end);
    return { record: { line, cells: row.cells, raw }, next, lines: 1 + countLineEnds(raw), skips: false };
  }
  const isOpen = row === 'incomplete' && buffer.length - at <= maxRecordLength;
  if (!last && (isOpen || !isComplete(buffer, end))) return 'wait';
  return badLine(piece, at, end, line, row === 'long' ? undefined : PROBLEMS[row]);
}

/** Gives up one line, so that the next row is found again; of a line that is too long the beginning is kept. */
function badLine(piece: Piece, at: number, end: number, line: number, reason?: string): Step {
  const { buffer, last, maxRecordLength } = piece;
  const isLong = end - at > maxRecordLength;
  const raw = buffer.slice(at, isLong ? at + Math.min(RAW_LENGTH_KEPT, maxRecordLength) : end);
  const problem = reason ?? `the row is longer than ${maxRecordLength} characters`;
  const skips = !last && !isComplete(buffer, end);
  const next = skips ? end : end + terminatorLength(buffer, end);
  return { record: { line, cells: [], raw, problem }, next, lines: 1, skips };
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

function hasLineEnd(text: string): boolean {
  return text.includes('\n') || text.includes('\r');
}

function countLineEnds(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  for (let at = text.indexOf('\r'); at !== -1; at = text.indexOf('\r', at + 1)) {
    if (text[at + 1] !== '\n') count += 1;
  }
  return count;
}
