import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffLines, formatDiff } from './diff-lines.ts';

const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 }).map((lines) => lines.join('\n'));

describe('diffLines', () => {
  it('gives back both texts', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = diffLines(before, after);
        const without = (kind: string): string =>
          lines
            .filter((line) => line.kind !== kind)
            .map((line) => line.text)
            .join('\n');
        expect(without('added')).toBe(before);
        expect(without('removed')).toBe(after);
      }),
    );
  });

  it('finds the fewest changes', () => {
    expect(formatDiff(diffLines('a\nb\nc', 'a\nc\nd'), 0)).toEqual(['- b', '…', '+ d']);
  });

  it('writes nothing for equal texts', () => {
    expect(formatDiff(diffLines('a\nb', 'a\nb'))).toEqual([]);
  });
});
