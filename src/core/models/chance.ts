import { seededNumbers } from '../demo/seeded-numbers.ts';

/** Numbers that look random and are the same for the same seed: a model and its figures can be made again. */
export interface Chance {
  /** In [0, 1). */
  next(): number;
  /** From the standard normal distribution. */
  normal(): number;
  /** Puts the values into another order, in place. */
  shuffle(values: Int32Array): void;
}

/** Chance from a seed; `stream` tells independent uses of one seed apart. */
export function createChance(seed: number, stream: string): Chance {
  let mixed = seed >>> 0;
  for (const character of stream) mixed = (Math.imul(mixed ^ character.charCodeAt(0), 0x01000193) + 1) >>> 0;
  const next = seededNumbers(mixed);
  let spare: number | undefined;
  return {
    next,
    // Box and Muller's method gives two at a time.
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - next()));
      const angle = 2 * Math.PI * next();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    shuffle(values) {
      for (let last = values.length - 1; last > 0; last -= 1) {
        const other = Math.floor(next() * (last + 1));
        const held = values[last] ?? 0;
        values[last] = values[other] ?? 0;
        values[other] = held;
      }
    },
  };
}

/** 0 … count - 1 in an order by chance. */
export function shuffledRows(count: number, chance: Chance): Int32Array {
  const rows = Int32Array.from({ length: count }, (_, row) => row);
  chance.shuffle(rows);
  return rows;
}
