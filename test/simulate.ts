import { seededNumbers } from '../src/core/demo/seeded-numbers.ts';

/** A binomial number, exact: the trials between two successes are geometric. Quick where `rate` times `trials` is small. */
export function drawBinomial(trials: number, rate: number, next: () => number): number {
  if (rate > 0.5) return trials - drawBinomial(trials, 1 - rate, next);
  const step = Math.log1p(-rate);
  let count = 0;
  for (let at = 0; ; count += 1) {
    at += Math.floor(Math.log(1 - next()) / step) + 1;
    if (at > trials) return count;
  }
}

/** The share of so many runs that `happens` is true for; run `n` has the same numbers whatever came before it. */
export function shareOfRuns(runs: number, seed: number, happens: (next: () => number) => boolean): number {
  let count = 0;
  for (let run = 0; run < runs; run += 1) {
    if (happens(seededNumbers(Math.imul(seed + run, 0x9e3779b1) ^ run))) count += 1;
  }
  return count / runs;
}
