/** Rows of a table as lines of JSON arrays, every line ended: the content of one chunk of an archive. */
export interface RowText {
  readonly raw: Buffer;
  readonly rows: number;
  /**
   * What tells where in its table a chunk begins: with the same content before it or not, the same part of a table has
   * the same one in every backup.
   */
  readonly group: number;
  /** The content hash, where another thread has computed it. */
  readonly content?: string;
  /** Gives the memory of `raw` back to who made it: after this `raw` is empty. */
  release?(): void;
}

/** Keys from `from` up to, not including, `to`. */
export interface KeyRange {
  readonly from: number;
  readonly to: number;
}

/** Makes room for so many bytes, at the beginning of memory of its own. */
export type Allocate = (bytes: number) => Buffer;

/** Tables with a numeric key: chunks end at multiples of this, so that a changed row changes one chunk only. */
export const KEYS_PER_CHUNK = 8_192;
/** A chunk also ends after the row with which it has this many bytes, which bounds memory. */
export const CHUNK_BYTES = 4 * 1024 * 1024;
/** Other tables: a chunk ends before a row whose key has a hash that divides by this, wherever rows come and go. */
export const KEYS_PER_HASH = 4_096;

const NEWLINE = 0x0a;

/** The chunk of a table with a numeric key that a row belongs to. */
export function groupOf(key: number): number {
  return Math.floor(key / KEYS_PER_CHUNK);
}

/** The keys of the chunks that begin where this key does. */
export function rangeOf(key: number): KeyRange {
  const group = groupOf(key);
  return { from: group * KEYS_PER_CHUNK, to: (group + 1) * KEYS_PER_CHUNK };
}

/** The keys of these groups, which are in their order: one range where groups follow each other. */
export function rangesOf(groups: readonly number[]): KeyRange[] {
  const ranges: { from: number; to: number }[] = [];
  for (const group of groups) {
    const { from, to } = rangeOf(group * KEYS_PER_CHUNK);
    const last = ranges.at(-1);
    if (last?.to === from) last.to = to;
    else ranges.push({ from, to });
  }
  return ranges;
}

/** Where a text that grew beyond `CHUNK_BYTES` is cut: the end of the line with which it did; 0 when it did not. */
export function findCut(raw: Buffer): number {
  return raw.length < CHUNK_BYTES ? 0 : raw.indexOf(NEWLINE, CHUNK_BYTES - 1) + 1;
}

/** The number of lines. */
export function countLines(raw: Buffer): number {
  let lines = 0;
  for (let at = raw.indexOf(NEWLINE); at !== -1; at = raw.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}

/** A hash of 32 bits that spreads keys evenly (FNV-1a); no secret is kept by it. */
export function hashKey(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}
