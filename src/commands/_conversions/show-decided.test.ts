import { expect, test } from 'vitest';
import type { Progress } from '../_runtime/context.ts';
import { showDecided } from './show-decided.ts';

function watchProgress() {
  const seen: string[] = [];
  const progress = (label: string): Progress => {
    seen.push(label);
    return { update: (done, total) => seen.push(`${done} of ${total}`), stop: () => seen.push('stop') };
  };
  return { seen, progress };
}

test('shows progress from the first page on, and nothing where nothing is decided', async () => {
  const { seen, progress } = watchProgress();
  const context = { progress, signal: new AbortController().signal };
  expect(await showDecided(context, async () => 'nothing')).toBe('nothing');
  expect(seen).toEqual([]);
  await showDecided(context, async ({ onDecided }) => {
    onDecided(1_000, 2_500);
    onDecided(2_000, 2_500);
  });
  expect(seen).toEqual(['deciding about referrals', '1000 of 2500', '2000 of 2500', 'stop']);
});

test('ends the work when it is interrupted', async () => {
  const { seen, progress } = watchProgress();
  const controller = new AbortController();
  const work = showDecided({ progress, signal: controller.signal }, async ({ onDecided }) => {
    onDecided(1_000, 2_500);
    controller.abort();
    onDecided(2_000, 2_500);
  });
  await expect(work).rejects.toMatchObject({ code: 'interrupted', hint: expect.stringContaining('again') });
  expect(seen.at(-1)).toBe('stop');
});
