import { formatScaledInteger } from '../money.ts';
import type { ByteText } from './byte-text.ts';

const DOT = 0x2e;

/** Writes hundredths as `formatScaledInteger` does: 123456 → `1234.56`. */
export function writeHundredths(out: ByteText, bytes: Buffer, start: number, end: number): void {
  // So few digits, or a sign before them, need zeros.
  if (end - start < 4) {
    out.addText(formatScaledInteger(Number(bytes.toString('latin1', start, end)), 2));
    return;
  }
  out.addBytes(bytes, start, end - 2);
  out.addByte(DOT);
  out.addBytes(bytes, end - 2, end);
}
