import { expect, test } from 'vitest';
import type { Progress } from './context.ts';
import { showInterruptible, showProgress } from './show-progress.ts';

function watchProgress() {
  const seen: string[] = [];
  const progress = (label: string): Progress => {
    seen.push(label);
    return { update: (done, total) => seen.push(`${done} of ${total}`), stop: () => seen.push('stop') };
  };
  return { seen, progress };
}

test('shows progress from the first page on, and nothing where none is told', async () => {
  const { seen, progress } = watchProgress();
  expect(await showProgress({ progress }, 'counting', async () => 'nothing')).toBe('nothing');
  expect(seen).toEqual([]);
  await showProgress({ progress }, 'counting', async (onProgress) => {
    onProgress(1_000, 2_500);
    onProgress(2_000, 2_500);
  });
  expect(seen).toEqual(['counting', '1000 of 2500', '2000 of 2500', 'stop']);
});

test('ends the work when it is interrupted', async () => {
  const { seen, progress } = watchProgress();
  const controller = new AbortController();
  const work = showInterruptible({ progress, signal: controller.signal }, 'counting', async (onProgress) => {
    onProgress(1_000, 2_500);
    controller.abort();
    onProgress(2_000, 2_500);
  });
  await expect(work).rejects.toMatchObject({ code: 'interrupted', hint: expect.stringContaining('again') });
  expect(seen.at(-1)).toBe('stop');
});
