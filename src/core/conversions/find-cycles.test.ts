import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createEdgeList, findCycles } from './find-cycles.ts';

type Edge = readonly [number, number];

function cyclesOf(edges: readonly Edge[]): ReadonlyMap<number, number> {
  const list = createEdgeList();
  for (const [from, to] of edges) list.add(from, to);
  return findCycles(list);
}

describe('findCycles', () => {
  test('finds two people who refer each other, and a longer ring, apart', () => {
    const found = cyclesOf([
      [1, 2],
      [2, 1],
      [5, 6],
      [6, 7],
      [7, 5],
      [2, 5],
      [9, 1],
    ]);
    expect(found.get(1)).toBe(found.get(2));
    expect(found.get(5)).toBe(found.get(7));
    expect(found.get(1)).not.toBe(found.get(5));
    expect([...found.keys()].sort()).toEqual([1, 2, 5, 6, 7]);
  });

  test('finds nothing in chains and trees', () => {
    expect(
      cyclesOf([
        [1, 2],
        [1, 3],
        [2, 4],
        [3, 4],
      ]).size,
    ).toBe(0);
  });

  test('agrees with walking from every node to every other', () => {
    const node = fc.integer({ min: 0, max: 9 });
    fc.assert(
      fc.property(fc.array(fc.tuple(node, node), { maxLength: 25 }), (edges) => {
        const found = cyclesOf(edges);
        for (let a = 0; a < 10; a += 1) {
          for (let b = 0; b < 10; b += 1) {
            if (a === b) continue;
            const together = reaches(edges, a, b) && reaches(edges, b, a);
            expect(found.has(a) && found.get(a) === found.get(b)).toBe(together);
          }
        }
      }),
    );
  });

  test('walks a chain of 200,000 without running out of stack', () => {
    const edges: Edge[] = Array.from({ length: 200_000 }, (_, index) => [index, index + 1]);
    expect(cyclesOf(edges).size).toBe(0);
    expect(cyclesOf([...edges, [200_000, 0]]).size).toBe(200_001);
  });
});

function reaches(edges: readonly Edge[], from: number, to: number): boolean {
  const seen = new Set([from]);
  for (const node of seen) for (const [a, b] of edges) if (a === node) seen.add(b);
  return seen.has(to);
}
