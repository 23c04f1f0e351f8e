import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readAhead } from './read-ahead.ts';

/** Pages 1 to `last`, and what was asked for. */
function createPages(last: number, failing?: number) {
  const asked: number[] = [];
  const readAfter = async (before: number | undefined): Promise<number | undefined> => {
    const page = (before ?? 0) + 1;
    asked.push(page);
    await setImmediate();
    if (page === failing) throw new Error(`page ${page}`);
    return page > last ? undefined : page;
  };
  return { asked, readAfter };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
}

test.each([0, 1, 2, 7])('gives every page once, and is %i pages ahead and no more', async (ahead) => {
  const { asked, readAfter } = createPages(5);
  const given: number[] = [];
  for await (const page of readAhead(readAfter, ahead)) {
    given.push(page);
    await settle();
    expect(asked.at(-1)).toBe(Math.min(page + ahead, 6));
  }
  expect(given).toEqual([1, 2, 3, 4, 5]);
  // The end is asked for once.
  expect(asked).toEqual([1, 2, 3, 4, 5, 6]);
});

test('gives nothing where there is nothing', async () => {
  const { readAfter } = createPages(0);
  expect(await Array.fromAsync(readAhead(readAfter, 2))).toEqual([]);
});

test('throws what a page threw when it is due, after those before it', async () => {
  const { asked, readAfter } = createPages(5, 3);
  const given: number[] = [];
  const all = (async () => {
    for await (const page of readAhead(readAfter, 2)) {
      given.push(page);
      await settle();
    }
  })();
  await expect(all).rejects.toThrow('page 3');
  expect(given).toEqual([1, 2]);
  expect(asked).toEqual([1, 2, 3]);
});

test('leaves nothing unheard when the reader stops before a page that fails', async () => {
  const { readAfter } = createPages(5, 3);
  const unheard: unknown[] = [];
  const hear = (error: unknown): void => void unheard.push(error);
  process.on('unhandledRejection', hear);
  for await (const _page of readAhead(readAfter, 3)) break;
  await settle();
  process.off('unhandledRejection', hear);
  expect(unheard).toEqual([]);
});
