const LIMIT = 75; // RFC 2045 6.7: 76 characters with the soft break's own "=".
const HEX = '0123456789ABCDEF';
const ESCAPES = Array.from({ length: 256 }, (_, byte) => `=${HEX[byte >> 4] ?? ''}${HEX[byte & 15] ?? ''}`);
const PLAIN = Array.from(
  { length: 256 },
  (_, byte) => byte === 9 || (byte >= 32 && byte <= 126 && byte !== 61),
);
const CHARACTERS = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));

/**
 * Encodes one piece of a text in quoted-printable (RFC 2045 6.7), beginning at the start of a line. Unless it is the
 * last piece it ends at the start of a line too, by a soft break that a reader takes out again: pieces can be joined.
 */
export function encodeQuotedPrintable(text: string, isLast: boolean): string {
  const lines = text.split(/\r\n|\r|\n/);
  const last = lines.pop() ?? '';
  let out = '';
  for (const line of lines) out += `${encodeLine(line, true)}\r\n`;
  out += encodeLine(last, isLast);
  return isLast || last === '' ? out : `${out}=\r\n`;
}

function encodeLine(line: string, endsHere: boolean): string {
  const bytes = Buffer.from(line, 'utf8');
  const end = bytes.length - 1;
  let out = '';
  let column = 0;
  for (const [index, byte] of bytes.entries()) {
    // A blank at the end of a line gets lost on the way, and a lone dot or "From " at its start is meddled with.
    const isExposed = (endsHere && index === end && isBlank(byte)) || (column === 0 && isMeddledWith(byte));
    const token = (PLAIN[byte] === true && !isExposed ? CHARACTERS[byte] : ESCAPES[byte]) ?? '';
    if (column + token.length > LIMIT) {
      out += '=\r\n';
      column = 0;
    }
    out += token;
    column += token.length;
  }
  return out;
}

function isBlank(byte: number): boolean {
  return byte === 32 || byte === 9;
}

function isMeddledWith(byte: number): boolean {
  return byte === 46 || byte === 70;
}
