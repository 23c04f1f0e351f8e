import type { Column } from '../models/columns.ts';
import { fitLogistic, predictLogistic } from '../models/fit-logistic.ts';
import { fitLinear, predictLinear } from './fit-linear.ts';

/** People of whom some were treated by chance. */
export interface Trial {
  readonly columns: readonly Column[];
  /** 1 for who was treated, 0 for who was not, by row. */
  readonly treated: Uint8Array;
  /** 0 or 1, by row. */
  readonly outcomes: Float32Array;
}

/** A rate, or how much a rate differs, for each of these rows. */
export type Predict = (rows: Int32Array) => Float64Array;

/** A model of who was treated, and one of who was not: how likely the outcome is for each of these rows. */
export interface BothArms {
  readonly withIt: Predict;
  readonly withoutIt: Predict;
}

/** Learns from the rows given what happens with the treatment, and what without. */
export function fitBothArms(trial: Trial, rows: Int32Array): BothArms {
  const { columns, outcomes } = trial;
  const [treated, untreated] = divide(trial, rows);
  const first = fitLogistic(columns, outcomes, treated);
  const second = fitLogistic(columns, outcomes, untreated);
  return {
    withIt: (others) => predictLogistic(first, columns, others),
    withoutIt: (others) => predictLogistic(second, columns, others),
  };
}

/** Learns who is moved by the treatment, from models of both arms and the rows that they have learned from. */
export type Learner = (arms: BothArms, trial: Trial, rows: Int32Array) => Predict;

/** The difference of the two models. */
export const learnT: Learner = ({ withIt, withoutIt }) => {
  return (others) => {
    const treated = withIt(others);
    return withoutIt(others).map((rate, place) => (treated[place] ?? 0) - rate);
  };
};

/**
 * From the two models what each person's outcome says of the effect on them, and two models of that, weighed by how many
 * were treated: steadier where effects are small beside rates.
 * Source: Künzel, Sekhon, Bickel and Yu (2019), Metalearners for estimating heterogeneous treatment effects.
 */
export const learnX: Learner = ({ withIt, withoutIt }, trial, rows) => {
  const { columns, outcomes } = trial;
  const [treated, untreated] = divide(trial, rows);
  const base = withoutIt(treated);
  const lifted = withIt(untreated);
  const ofTreated = base.map((rate, place) => (outcomes[treated[place] ?? 0] ?? 0) - rate);
  const ofUntreated = lifted.map((rate, place) => rate - (outcomes[untreated[place] ?? 0] ?? 0));
  const first = fitLinear(columns, ofTreated, treated);
  const second = fitLinear(columns, ofUntreated, untreated);
  const share = treated.length / rows.length;
  return (others) => {
    const byTreated = predictLinear(first, columns, others);
    const byUntreated = predictLinear(second, columns, others);
    return byTreated.map((effect, place) => (1 - share) * effect + share * (byUntreated[place] ?? 0));
  };
};

function divide({ treated }: Trial, rows: Int32Array): readonly [Int32Array, Int32Array] {
  return [rows.filter((row) => treated[row] === 1), rows.filter((row) => treated[row] === 0)];
}
