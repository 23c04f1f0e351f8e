import { escapeCopyText } from '../../database/copy-text.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const TAB = 0x09;
const NEWLINE = 0x0a;
const NULL_START = 0x6e;
const NULL_LENGTH = 4;
const BIG_N = 0x4e;
const SLASH = 0x2f;
const UNKNOWN = -1;
/** What follows a backslash in JSON and means the same after one in COPY: b f n r t. */
const SAME_ESCAPES = [0x62, 0x66, 0x6e, 0x72, 0x74];

/**
 * Rows as lines of JSON arrays of texts, numbers and nulls, as rows of PostgreSQL's COPY in its text format. Nothing is made for a row
 * or a cell. Throws `SyntaxError` for bytes that are no such rows.
 */
export function copyTextOfLines(raw: Buffer): Buffer {
  return new CopyText(raw).write();
}

class CopyText {
  readonly #raw: Buffer;
  // Every cell is at most as long as in JSON, where texts have quotes and rows brackets.
  readonly #out: Buffer;
  #at = 0;
  #to = 0;

  constructor(raw: Buffer) {
    this.#raw = raw;
    this.#out = Buffer.allocUnsafeSlow(raw.length);
  }

  write(): Buffer {
    const raw = this.#raw;
    while (this.#at < raw.length) {
      if (raw[this.#at] !== OPEN) throw new SyntaxError(`there is no row at byte ${this.#at}`);
      this.#at += 1;
      while (this.#writeCell() === COMMA) this.#add(TAB);
      if (raw[this.#at - 1] !== CLOSE || raw[this.#at] !== NEWLINE) {
        throw new SyntaxError(`a row does not end at byte ${this.#at}`);
      }
      this.#add(NEWLINE);
      this.#at += 1;
    }
    return this.#out.subarray(0, this.#to);
  }

  #add(byte: number): void {
    this.#out[this.#to] = byte;
    this.#to += 1;
  }

  /** Writes a cell and gives the byte after it, which is passed over. */
  #writeCell(): number | undefined {
    const first = this.#raw[this.#at];
    if (first === QUOTE) this.#writeText();
    else if (first === NULL_START) {
      this.#add(BACKSLASH);
      this.#add(BIG_N);
      this.#at += NULL_LENGTH;
    } else this.#writeNumber();
    this.#at += 1;
    return this.#raw[this.#at - 1];
  }

  #writeNumber(): void {
    const raw = this.#raw;
    let at = this.#at;
    for (let byte = raw[at]; byte !== undefined && byte !== COMMA && byte !== CLOSE; byte = raw[at]) {
      this.#add(byte);
      at += 1;
    }
    this.#at = at;
  }

  #writeText(): void {
    const raw = this.#raw;
    const out = this.#out;
    let at = this.#at + 1;
    let to = this.#to;
    for (let byte = raw[at]; byte !== QUOTE; byte = raw[at]) {
      if (byte === undefined) throw new SyntaxError('a text breaks off');
      if (byte === BACKSLASH) {
        to = this.#writeEscape(raw[at + 1], to);
        at += 2;
        if (to !== UNKNOWN) continue;
        this.#writeParsed();
        return;
      }
      out[to] = byte;
      to += 1;
      at += 1;
    }
    this.#at = at + 1;
    this.#to = to;
  }

  /** Writes what stands after a backslash; gives where it ends, or `UNKNOWN`. */
  #writeEscape(escaped: number | undefined, start: number): number {
    let to = start;
    if (escaped === undefined) return UNKNOWN;
    if (escaped === BACKSLASH || SAME_ESCAPES.includes(escaped)) {
      this.#out[to] = BACKSLASH;
      to += 1;
    } else if (escaped !== QUOTE && escaped !== SLASH) return UNKNOWN;
    this.#out[to] = escaped;
    return to + 1;
  }

  // `\u001f`: rare, so JSON's own reader may do it.
  #writeParsed(): void {
    const raw = this.#raw;
    let end = this.#at + 1;
    for (let byte = raw[end]; byte !== QUOTE; byte = raw[end]) {
      if (byte === undefined) throw new SyntaxError('a text breaks off');
      end += byte === BACKSLASH ? 2 : 1;
    }
    const text = JSON.parse(raw.toString('utf8', this.#at, end + 1)) as string;
    this.#to += this.#out.write(escapeCopyText(text), this.#to, 'utf8');
    this.#at = end + 1;
  }
}
