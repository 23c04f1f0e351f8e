import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRepeatFinder } from './find-repeats.ts';

test('says whether an id came twice, in whatever order they come, and whether they ascend', () => {
  const ids = fc.array(fc.string({ maxLength: 2 }), { maxLength: 30 });
  fc.assert(
    fc.property(
      fc.oneof(
        ids,
        ids.map((list) => list.toSorted()),
      ),
      (list) => {
        const finder = createRepeatFinder();
        for (const id of list) finder.add(id);
        expect(finder.hasRepeats()).toBe(new Set(list).size < list.length);
        const ascends = list.length > 0 && list.every((id, at) => at === 0 || id > (list[at - 1] ?? ''));
        expect(finder.ascending()).toEqual(ascends ? { first: list[0], last: list.at(-1) } : undefined);
      },
    ),
  );
});
