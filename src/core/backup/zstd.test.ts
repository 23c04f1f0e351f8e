import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { CHUNK_BYTES } from './rows/row-text.ts';
import { compress, decompress } from './zstd.ts';

// Rows that no compressor shortens by much, so that what is found in a dictionary is all that is saved.
function makeRows(bytes: number): Buffer {
  const lines: string[] = [];
  let length = 0;
  for (let at = 0; length < bytes; at += 1) {
    const line = `[${at},"${createHash('sha256').update(String(at)).digest('base64')}","basic"]\n`;
    lines.push(line);
    length += line.length;
  }
  return Buffer.from(lines.join(''));
}

test.each([20_000, 300_000, 1_000_000, 2_600_000, CHUNK_BYTES])(
  'rows of %i bytes that stood there before take next to nothing, wherever in a chunk they are',
  async (bytes) => {
    const rows = makeRows(bytes);
    const alone = await compress(rows);
    const again = await compress(rows, rows);
    expect(again.length / alone.length).toBeLessThan(0.01);
    expect((await decompress(again, rows.length, rows)).equals(rows)).toBe(true);
    // Each hundredth row is another one.
    const changed = Buffer.from(rows.toString().replaceAll(/(\[\d*07,.*)basic/g, '$1gold'));
    const change = await compress(changed, rows);
    expect(change.length / alone.length).toBeLessThan(0.05);
    expect((await decompress(change, changed.length, rows)).equals(changed)).toBe(true);
  },
);

test('what unpacks to more than was said is not unpacked', async () => {
  const bomb = await compress(Buffer.alloc(64 * 1024 * 1024));
  expect(bomb.length).toBeLessThan(10_000);
  await expect(decompress(bomb, 1_000_000)).rejects.toThrow();
});
