import { distance } from 'fastest-levenshtein';

/** The word of `words` that `word` was most likely meant to be, or undefined when none is near: a third of its letters wrong, or two of four to five, which is one swap. */
export function nearest(word: string, words: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(wanted.length < 4 ? 1 : 2, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of words) {
    const candidateDistance = distance(wanted, candidate.toLowerCase());
    if (candidateDistance < bestDistance) {
      best = candidate;
      bestDistance = candidateDistance;
    }
  }
  return best;
}

/** `Did you mean "x"?`, or the fallback when nothing is near. */
export function didYouMean(word: string, words: Iterable<string>, fallback: string): string {
  const candidate = nearest(word, words);
  return candidate === undefined ? fallback : `Did you mean "${candidate}"?`;
}
