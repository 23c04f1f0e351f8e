const LIMIT = 75; // RFC 2045 6.7: 76 characters with the soft break's own "=".
const HEX = '0123456789ABCDEF';
const ESCAPES = Array.from({ length: 256 }, (_, byte) => `=${HEX[byte >> 4] ?? ''}${HEX[byte & 15] ?? ''}`);
const PLAIN = Array.from({ length: 256 }, (_, byte) => byte >= 32 && byte <= 126 && byte !== 61);
const CHARACTERS = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));

/**
 * Encodes one piece of a text in quoted-printable (RFC 2045 6.7), beginning at the start of a line. Unless it is the
 * last piece it ends at the start of a line too, by a soft break that a reader takes out again: pieces can be joined.
 */
export function encodeQuotedPrintable(text: string, isLast: boolean): string {
  const bytes = Buffer.from(text.replaceAll(/\r\n|\r|\n/g, '\r\n'), 'utf8');
  let out = '';
  let column = 0;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte === 13) {
      out += '\r\n';
      column = 0;
      index += 1;
      continue;
    }
    const next = bytes[index + 1];
    // A blank at the end of a line gets lost on the way, and a lone dot or "From " at its start is meddled with.
    const isExposed =
      ((byte === 32 || byte === 9) && (next === 13 || (next === undefined && isLast))) ||
      (column === 0 && (byte === 46 || byte === 70));
    const token =
      (PLAIN[byte] === true || byte === 9) && !isExposed ? (CHARACTERS[byte] ?? '') : (ESCAPES[byte] ?? '');
    if (column + token.length > LIMIT) {
      out += '=\r\n';
      column = 0;
    }
    out += token;
    column += token.length;
  }
  return isLast || column === 0 ? out : `${out}=\r\n`;
}
