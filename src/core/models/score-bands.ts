import type { Classifier } from './train-classifier.ts';

/** The segments of a model: the tenth with the highest scores of those that it learned from, the next two fifths, and the rest. */
export function listBands(model: string): readonly [string, string, string] {
  return [`${model}_high`, `${model}_medium`, `${model}_low`];
}

/** The segment that a score falls into. */
export function bandOf(model: string, bands: Classifier['bands'], score: number): string {
  const [high, medium, low] = listBands(model);
  if (score > bands.high) return high;
  return score > bands.medium ? medium : low;
}
