import { isAscii, isUtf8 } from 'node:buffer';
import { nearest } from '../did-you-mean.ts';
import { ReferralError } from '../errors.ts';

/** Turns the bytes of a file into text, piece by piece. */
export interface TextDecoding {
  /** The WHATWG name of what it is; `utf-8` as long as only ASCII was seen. */
  readonly encoding: string;
  /** How that is known. */
  readonly reason: string;
  /** Throws `input_unusable` when the bytes are not of this encoding. */
  decode(bytes: Uint8Array, last: boolean): string | Promise<string>;
  /** Are these bytes, which begin and end where characters do, UTF-8 that decoding would read as such? */
  isPlainUtf8(bytes: Uint8Array): boolean;
  /** Goes past so many bytes, which were read otherwise. */
  pass(bytes: Uint8Array): void;
}

const LABELS = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1252',
  'iso-8859-1',
  'iso-8859-15',
  'windows-1250',
  'windows-1251',
];
// ISO-2022-JP writes everything in ASCII bytes and switches with these: to Katakana or Kanji.
const ESCAPE = 0x1b;
const ISO_2022_JP = ['\x1B$@', '\x1B$B', '\x1B(I', '\x1B(J'];

/**
 * The decoding of a file that begins with `sample`: the one that was asked for; else UTF-16 when every other byte is zero; else what a
 * byte order mark says; else UTF-8 or a legacy encoding, decided where the first byte that is not ASCII turns up.
 */
export function createDecoding(sample: Uint8Array, requested: string): TextDecoding {
  if (requested !== 'auto') return createNamedDecoding(whatwgName(requested), 'as told');
  const marked = encodingByMark(sample);
  const zeros = encodingByZeros(sample);
  // Where mark and zeros disagree the mark is wrong: no text of letters has so many zeros the other way round.
  if (zeros !== undefined)
    return createNamedDecoding(zeros, marked === zeros ? 'its byte order mark' : 'every other byte is zero');
  return marked === undefined ? createGuess() : createNamedDecoding(marked, 'its byte order mark');
}

/** `latin1` → `windows-1252`: the WHATWG name of a label. Throws `usage` when it names no encoding. */
export function whatwgName(label: string): string {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    const candidate = nearest(label, LABELS);
    throw new ReferralError('usage', `"${label}" is not an encoding`, {
      hint:
        candidate === undefined
          ? 'Try utf-8, utf-16le or windows-1252, or leave it out.'
          : `Did you mean "${candidate}"?`,
    });
  }
}

function encodingByMark(sample: Uint8Array): string | undefined {
  const [first, second, third] = sample;
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return undefined;
}

/** UTF-16 without a mark: in text of European languages every other byte is zero. */
function encodingByZeros(sample: Uint8Array): string | undefined {
  const pairs = Math.floor(Math.min(sample.length, 4_096) / 2);
  let even = 0;
  let odd = 0;
  for (let pair = 0; pair < pairs; pair += 1) {
    if (sample[2 * pair] === 0) even += 1;
    if (sample[2 * pair + 1] === 0) odd += 1;
  }
  if (odd > pairs * 0.4 && even < pairs * 0.1) return 'utf-16le';
  if (even > pairs * 0.4 && odd < pairs * 0.1) return 'utf-16be';
  return undefined;
}

function createNamedDecoding(encoding: string, reason: string): TextDecoding {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  let offset = 0;
  return {
    encoding,
    reason,
    decode(bytes, last) {
      try {
        return decoder.decode(bytes, { stream: !last });
      } catch (cause) {
        throw notOfEncoding(encoding, offset, cause);
      } finally {
        offset += bytes.length;
      }
    },
    isPlainUtf8: (bytes) => encoding === 'utf-8' && isUtf8(bytes),
    pass(bytes) {
      offset += bytes.length;
    },
  };
}

/** ASCII until proven otherwise; the first piece with another byte decides between UTF-8 and a legacy encoding. */
function createGuess(): TextDecoding {
  let decided: TextDecoding | undefined;
  return {
    get encoding() {
      return decided?.encoding ?? 'utf-8';
    },
    get reason() {
      return decided?.reason ?? 'nothing but ASCII, which every encoding shares';
    },
    async decode(bytes, last) {
      if (decided === undefined && isAscii(bytes)) {
        const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
        if (!ISO_2022_JP.some((sequence) => text.includes(sequence))) return text;
        decided = createNamedDecoding('iso-2022-jp', 'its escape sequences');
      }
      decided ??= isUtf8Piece(bytes, last) ? createUtf8Decoding() : await createLegacyDecoding(bytes, last);
      return decided.decode(bytes, last);
    },
    isPlainUtf8: (bytes) =>
      decided === undefined ? isUtf8(bytes) && !bytes.includes(ESCAPE) : decided.isPlainUtf8(bytes),
    pass(bytes) {
      if (decided === undefined && !isAscii(bytes)) decided = createUtf8Decoding();
      decided?.pass(bytes);
    },
  };
}

function createUtf8Decoding(): TextDecoding {
  return createNamedDecoding('utf-8', 'its bytes are valid UTF-8');
}

async function createLegacyDecoding(bytes: Uint8Array, last: boolean): Promise<TextDecoding> {
  // The detector brings 150 kB of tables that most files never need.
  const { guessEncoding } = await import('./guess-encoding.ts');
  const guess = guessEncoding(bytes, last);
  if (guess !== undefined) return createNamedDecoding(guess.encoding, guess.reason);
  throw new ReferralError('input_unusable', "the file's encoding can't be told", {
    reason: 'It is neither UTF-8 nor clearly any other encoding.',
    hint: 'Name it, for instance --encoding shift_jis or --encoding windows-1251, or save the file as UTF-8.',
  });
}

/** Is it UTF-8, but for a character that the end of the piece may cut? */
function isUtf8Piece(bytes: Uint8Array, last: boolean): boolean {
  if (isUtf8(bytes)) return true;
  if (last) return false;
  for (let cut = 1; cut <= 3 && cut < bytes.length; cut += 1) {
    const lead = bytes[bytes.length - cut] ?? 0;
    if (lead >= 0xc0) return isUtf8(bytes.subarray(0, bytes.length - cut));
    if (lead < 0x80) return false;
  }
  return false;
}

function notOfEncoding(encoding: string, offset: number, cause: unknown): ReferralError {
  return new ReferralError('input_unusable', `the file is not ${encoding}`, {
    reason: `A byte after the first ${offset} is none of that encoding.`,
    hint:
      encoding === 'utf-8'
        ? 'It may mix encodings: save it as UTF-8, or try --encoding windows-1252.'
        : 'Leave --encoding out to have it found.',
    cause,
  });
}
