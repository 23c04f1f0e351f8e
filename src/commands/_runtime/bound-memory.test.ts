import { execa } from 'execa';
import { expect, test } from 'vitest';

const MEGABYTE = 1_048_576;
// In a process of its own: what is set can't be taken back.
const SCRIPT = `
  import { getHeapSpaceStatistics } from 'node:v8';
  import { boundMemory } from ${JSON.stringify(new URL('./bound-memory.ts', import.meta.url).href)};
  import { releaseMemory } from ${JSON.stringify(new URL('../../core/collect-garbage.ts', import.meta.url).href)};
  const young = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size;
  const sizes = [young()];
  boundMemory({ streams: true, packs: false }, {});
  sizes.push(young());
  let kept = [];
  for (let index = 0; index < 2_000_000; index += 1) {
    kept.push({ index, text: 'text ' + index });
    if (kept.length === 100_000) kept = [];
  }
  sizes.push(young());
  releaseMemory();
  sizes.push(young());
  console.log(JSON.stringify(sizes));
`;

test('the place for young objects grows once, and stays as it is whatever survives and whenever memory is released', async () => {
  const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', SCRIPT]);
  const [before = 0, grown = 0, worked, released] = JSON.parse(stdout) as number[];
  expect(grown).toBeGreaterThan(before);
  expect(grown).toBeLessThanOrEqual(16 * MEGABYTE);
  expect([worked, released]).toEqual([grown, grown]);
});
