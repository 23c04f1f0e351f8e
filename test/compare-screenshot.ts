import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

// Kept small: a golden image shows the page at a third of its size, where edges of letters differ little.
const SHRINK = 3;
// Of brightness: what the eye can't tell apart need not be kept.
const STEP = 8;

/**
 * The share of pixels that differ from the golden image of that name, at a third of the size. `UPDATE_GOLDEN=1` writes the
 * golden images anew; look at them before they are committed.
 */
export function compareScreenshot(name: string, screenshot: Buffer): number {
  const file = fileURLToPath(new URL(`golden/${name}.png`, import.meta.url));
  const actual = shrink(PNG.sync.read(screenshot));
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, PNG.sync.write(actual, { deflateLevel: 9, colorType: 2, filterType: -1 }));
  }
  if (!existsSync(file)) throw new Error(`there is no golden image ${file}; write it with UPDATE_GOLDEN=1`);
  const golden = PNG.sync.read(readFileSync(file));
  if (golden.width !== actual.width || golden.height !== actual.height) return 1;
  const different = pixelmatch(golden.data, actual.data, undefined, golden.width, golden.height, {
    threshold: 0.2,
  });
  return different / (golden.width * golden.height);
}

function shrink(image: PNG): PNG {
  const [width, height] = [Math.floor(image.width / SHRINK), Math.floor(image.height / SHRINK)];
  const small = new PNG({ width, height });
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      for (let channel = 0; channel < 4; channel += 1) {
        small.data[(y * width + x) * 4 + channel] = meanOf(image, x, y, channel);
      }
    }
  }
  return small;
}

function meanOf({ data, width }: PNG, x: number, y: number, channel: number): number {
  let sum = 0;
  for (let row = 0; row < SHRINK; row += 1) {
    for (let column = 0; column < SHRINK; column += 1) {
      sum += data[((y * SHRINK + row) * width + x * SHRINK + column) * 4 + channel] ?? 0;
    }
  }
  return Math.min(255, Math.round(sum / (SHRINK * SHRINK * STEP)) * STEP);
}
