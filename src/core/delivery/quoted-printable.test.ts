import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeQuotedPrintable } from './quoted-printable.ts';

function decode(encoded: string): string {
  const soft = encoded.replaceAll('=\r\n', '');
  const bytes = soft.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

const crlf = (text: string) => text.replaceAll(/\r\n|\r|\n/g, '\r\n');
const texts = fc.string({
  unit: fc.oneof(
    fc.constantFrom(' ', '\t', '\n', '=', '.', 'F', 'é', '👍', '\r\n'),
    fc.string({ minLength: 1, maxLength: 1 }),
  ),
  maxLength: 300,
});

describe('quoted-printable', () => {
  it('gives every text back, also when spliced together from pieces', () => {
    fc.assert(
      fc.property(
        fc.array(
          texts.map((text) => text.toWellFormed().replaceAll('\r', '')),
          { minLength: 1, maxLength: 5 },
        ),
        (pieces) => {
          const encoded = pieces
            .map((piece, index) => encodeQuotedPrintable(piece, index === pieces.length - 1))
            .join('');
          expect(decode(encoded)).toBe(crlf(pieces.join('')));
        },
      ),
    );
  });

  it('keeps lines at 76 characters of plain ASCII, none ending in a blank or beginning with a dot', () => {
    fc.assert(
      fc.property(texts, (text) => {
        for (const line of encodeQuotedPrintable(text.toWellFormed(), true).split('\r\n')) {
          expect(line.length).toBeLessThanOrEqual(76);
          expect(line).toMatch(/^[\t\x20-\x7e]*$/);
          expect(line).not.toMatch(/[ \t]$|^\.|^From /);
        }
      }),
    );
  });
});
