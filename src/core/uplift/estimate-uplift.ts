import { createChance, shuffledRows } from '../models/chance.ts';
import { tellProgress } from '../progress.ts';
import { fitBothArms, type Learner, learnT, learnX, type Trial } from './learners.ts';
import { measureQini, type Qini } from './qini.ts';

/** A mean with the bounds of its 95 % interval. */
export interface Effect {
  readonly estimate: number;
  readonly standard_error: number;
}

/** Some people, by what was predicted of them. */
export interface UpliftGroup {
  /** 1 is the fifth that was predicted to be moved most. */
  readonly fifth: number;
  readonly people: number;
  readonly predicted: number;
  /** What the treatment really did to them. */
  readonly effect: Effect;
}

export interface LearnerReport {
  readonly learner: 't' | 'x';
  readonly qini: Qini;
  readonly groups: readonly UpliftGroup[];
}

export interface UpliftReport {
  readonly treated: { readonly people: number; readonly rate: number };
  readonly untreated: { readonly people: number; readonly rate: number };
  /** On everyone. */
  readonly effect: Effect;
  readonly learners: readonly LearnerReport[];
  /** Do both learners tell the people who are moved from the others, beyond chance? */
  readonly can_tell: boolean;
}

/** Models of so many parts are made, one after the other. */
export const FOLDS = 5;
const FIFTHS = 5;
const LEARNERS: readonly (readonly ['t' | 'x', Learner])[] = [
  ['t', learnT],
  ['x', learnX],
];

/**
 * Who is moved by a treatment that was given by chance. Each person is judged by models that have not seen them, learned from
 * the other four fifths; the same seed gives the same figures. `onFold` is called after each part.
 */
export async function estimateUplift(trial: Trial, seed: number, onFold?: () => void): Promise<UpliftReport> {
  const rows = Int32Array.from(trial.treated.keys());
  const folds = drawFolds(trial, seed);
  const uplifts = LEARNERS.map(() => new Float64Array(rows.length));
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const others = rows.filter((row) => folds[row] !== fold);
    const own = rows.filter((row) => folds[row] === fold);
    const arms = fitBothArms(trial, others);
    for (const [index, [, learn]] of LEARNERS.entries()) {
      const predicted = learn(arms, trial, others)(own);
      for (const [place, row] of own.entries()) uplifts[index]?.fill(predicted[place] ?? 0, row, row + 1);
    }
    await tellProgress(onFold);
  }
  const learners = LEARNERS.map(([learner], index): LearnerReport => {
    const uplift = uplifts[index] ?? new Float64Array(rows.length);
    return {
      learner,
      qini: measureQini(trial, rows, uplift, seed),
      groups: groupByUplift(trial, rows, uplift),
    };
  });
  return {
    treated: rateOf(trial, rows, 1),
    untreated: rateOf(trial, rows, 0),
    effect: effectOf(trial, rows),
    learners,
    can_tell: learners.every(({ qini }) => qini.low > 0),
  };
}

/** The fold of each row: as many treated and untreated ones, with and without the outcome, in each. */
function drawFolds({ treated, outcomes }: Trial, seed: number): Uint8Array {
  const folds = new Uint8Array(treated.length);
  const next = [0, 0, 0, 0];
  for (const row of shuffledRows(treated.length, createChance(seed, 'folds'))) {
    const kind = (treated[row] ?? 0) * 2 + (outcomes[row] ?? 0);
    const fold = next[kind] ?? 0;
    folds[row] = fold;
    next[kind] = (fold + 1) % FOLDS;
  }
  return folds;
}

function groupByUplift(trial: Trial, rows: Int32Array, uplift: Float64Array): readonly UpliftGroup[] {
  const ranked = Int32Array.from(rows).sort((first, second) => (uplift[second] ?? 0) - (uplift[first] ?? 0));
  return Array.from({ length: FIFTHS }, (_, index) => {
    const own = ranked.subarray(
      Math.round((ranked.length * index) / FIFTHS),
      Math.round((ranked.length * (index + 1)) / FIFTHS),
    );
    const predicted = own.reduce((sum, row) => sum + (uplift[row] ?? 0), 0) / Math.max(1, own.length);
    return { fifth: index + 1, people: own.length, predicted, effect: effectOf(trial, own) };
  });
}

function rateOf(
  { treated, outcomes }: Trial,
  rows: Int32Array,
  arm: 0 | 1,
): { readonly people: number; readonly rate: number } {
  const own = rows.filter((row) => treated[row] === arm);
  const did = own.reduce((sum, row) => sum + (outcomes[row] ?? 0), 0);
  return { people: own.length, rate: own.length === 0 ? 0 : did / own.length };
}

/** The difference of the rates, with the standard error of two independent samples. */
function effectOf(trial: Trial, rows: Int32Array): Effect {
  const first = rateOf(trial, rows, 1);
  const second = rateOf(trial, rows, 0);
  const spread = ({ people, rate }: typeof first): number =>
    people < 2 ? 0 : (rate * (1 - rate)) / (people - 1);
  return { estimate: first.rate - second.rate, standard_error: Math.sqrt(spread(first) + spread(second)) };
}
