import chardet from 'chardet';

export interface EncodingGuess {
  /** The WHATWG name. */
  readonly encoding: string;
  readonly reason: string;
}

interface Candidate {
  readonly encoding: string;
  readonly confidence: number;
}

const USUAL = 'windows-1252';
// Bytes that Windows-1252 leaves undefined: a text that has them is something else.
const UNDEFINED_IN_USUAL = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);
const LOOKED_AT = 65_536;
// How much surer the detector must be of another encoding than of Windows-1252, and at least, in percent. Measured on the samples of
// node-chardet: the least sure of the right ones is 39 against 17 (Czech), the surest of a wrong one for Western text 23 against 72.
const MARGIN = 15;
const LEAST = 30;

/**
 * The legacy encoding of bytes that are not UTF-8: what the detector makes of the lines that have other than ASCII characters, if these
 * bytes are valid in it; Windows-1252 unless another is clearly likelier. Undefined when nothing fits.
 */
export function guessEncoding(bytes: Uint8Array, last: boolean): EncodingGuess | undefined {
  const telling = linesBeyondAscii(bytes);
  const candidates = chardet
    .analyse(telling)
    .map(({ name, confidence }) => ({ encoding: whatwgNameOf(name), confidence }))
    .filter((candidate): candidate is Candidate => candidate.encoding !== undefined)
    .filter(({ encoding }) => isValid(bytes, last, encoding));
  const isUsualPossible = !bytes.some((byte) => UNDEFINED_IN_USUAL.has(byte));
  const usual = candidates.find(({ encoding }) => encoding === USUAL)?.confidence ?? 0;
  const best = candidates.find(({ encoding }) => encoding !== USUAL);
  const needed = isUsualPossible ? Math.max(LEAST, usual + MARGIN) : 1;
  if (best !== undefined && best.confidence >= needed) {
    return {
      encoding: best.encoding,
      reason: `not UTF-8, and by its characters ${best.encoding} (${best.confidence} %${isUsualPossible ? `, ${USUAL} ${usual} %` : ''}); its bytes are valid in it`,
    };
  }
  if (!isUsualPossible) return undefined;
  return { encoding: USUAL, reason: 'not UTF-8, and no other encoding is clearly likelier' };
}

/** The lines with a byte beyond ASCII, without the others: those would speak for a language that the names are not in. */
function linesBeyondAscii(bytes: Uint8Array): Uint8Array {
  const lines: Uint8Array[] = [];
  let length = 0;
  let start = 0;
  let isTelling = false;
  for (let at = 0; at <= bytes.length && length < LOOKED_AT; at += 1) {
    const byte = bytes[at] ?? 0x0a;
    if (byte >= 0x80) isTelling = true;
    if (byte !== 0x0a && byte !== 0x0d) continue;
    if (isTelling) {
      lines.push(bytes.subarray(start, at + 1));
      length += at + 1 - start;
    }
    start = at + 1;
    isTelling = false;
  }
  return Buffer.concat(lines);
}

/** The WHATWG standard reads ISO-8859-1 as Windows-1252, and has nothing for UTF-32 and ISO-2022-CN and -KR. */
function whatwgNameOf(name: string): string | undefined {
  if (/^(?:UTF|ASCII)/.test(name)) return undefined;
  try {
    const { encoding } = new TextDecoder(name);
    return encoding === 'replacement' ? undefined : encoding;
  } catch {
    return undefined;
  }
}

function isValid(bytes: Uint8Array, last: boolean, encoding: string): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: !last });
    return true;
  } catch {
    return false;
  }
}
