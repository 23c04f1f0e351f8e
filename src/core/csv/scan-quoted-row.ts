export interface QuotedRow {
  readonly cells: readonly string[];
  /** Where its line end is, or the length of the text. */
  readonly end: number;
}

const SPACE = 0x20;
const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
// Of so many characters the strings between the quotes live no longer than the young objects of V8.
const BLOCK = 16_384;

/**
 * Reads the row that starts at `start`, cell by cell, where quotes occur in it. What comes after `limit` characters of it is not looked at: a
 * quote is not closed in them, or the row is `long`.
 */
export function scanQuotedRow(
  buffer: string,
  start: number,
  delimiter: string,
  limit: number,
): QuotedRow | 'incomplete' | 'malformed' | 'long' {
  const delimiterCode = delimiter.charCodeAt(0);
  const cells: string[] = [];
  let at = start;
  while (true) {
    const opening = skipBlanks(buffer, at, delimiterCode);
    if (opening - start > limit) return 'long';
    if (buffer[opening] === '"') {
      const cell = scanQuotedCell(buffer, opening + 1, start + limit);
      if (cell === undefined) return 'incomplete';
      cells.push(cell.text);
      at = skipBlanks(buffer, cell.end, delimiterCode);
      if (at - start <= limit && at !== endOfCell(buffer, at, delimiterCode)) return 'malformed';
    } else {
      const end = endOfCell(buffer, at, delimiterCode);
      cells.push(buffer.slice(at, end));
      at = end;
    }
    if (at - start > limit) return 'long';
    if (buffer.charCodeAt(at) !== delimiterCode) return { cells, end: at };
    at += 1;
  }
}

function scanQuotedCell(
  buffer: string,
  start: number,
  limit: number,
): { text: string; end: number } | undefined {
  let hasEscapes = false;
  let at = buffer.indexOf('"', start);
  while (at !== -1 && at < limit) {
    if (buffer[at + 1] !== '"') {
      const text = buffer.slice(start, at);
      return { text: hasEscapes ? halveQuotes(text) : text, end: at + 1 };
    }
    hasEscapes = true;
    at = buffer.indexOf('"', at + 2);
  }
  return undefined;
}

function halveQuotes(text: string): string {
  const blocks: string[] = [];
  for (let at = 0; at < text.length; ) {
    let end = at + BLOCK;
    // Quotes that stand together are never parted: inside a cell they are pairs.
    while (text[end] === '"') end += 1;
    blocks.push(text.slice(at, end).split('""').join('"'));
    at = end;
  }
  return blocks.join('');
}

function skipBlanks(buffer: string, at: number, delimiterCode: number): number {
  let next = at;
  while (next < buffer.length) {
    const code = buffer.charCodeAt(next);
    if ((code !== SPACE && code !== TAB) || code === delimiterCode) break;
    next += 1;
  }
  return next;
}

function endOfCell(buffer: string, at: number, delimiterCode: number): number {
  let end = at;
  while (end < buffer.length) {
    const code = buffer.charCodeAt(end);
    if (code === delimiterCode || code === LINE_FEED || code === CARRIAGE_RETURN) break;
    end += 1;
  }
  return end;
}
