import { sigmoid } from './log-odds.ts';

/** Log odds times a slope plus an intercept are the log odds of a calibrated probability. */
export interface Calibration {
  readonly slope: number;
  readonly intercept: number;
}

const STEPS = 50;

/**
 * Fits slope and intercept by maximum likelihood (Platt 1999), on outputs for rows that were not learned from. A slope is never below 0: what
 * ranks worse than chance says nothing, and then everyone gets the base rate.
 */
export function fitCalibration(outputs: Float64Array, target: Float32Array, rows: Int32Array): Calibration {
  const free = newton(outputs, target, rows, true);
  return free.slope >= 0 ? free : newton(outputs, target, rows, false);
}

/** The calibrated probability. */
export function calibrated({ slope, intercept }: Calibration, output: number): number {
  return sigmoid(slope * output + intercept);
}

function newton(
  outputs: Float64Array,
  target: Float32Array,
  rows: Int32Array,
  withSlope: boolean,
): Calibration {
  let slope = withSlope ? 1 : 0;
  let intercept = 0;
  for (let step = 0; step < STEPS; step += 1) {
    let [g0, g1, h00, h01, h11] = [0, 0, 1e-9, 0, 1e-9];
    for (const [place, row] of rows.entries()) {
      const output = outputs[place] ?? 0;
      const probability = sigmoid(slope * output + intercept);
      const error = probability - (target[row] ?? 0);
      const weight = probability * (1 - probability);
      g0 += error;
      g1 += error * output;
      h00 += weight;
      h01 += weight * output;
      h11 += weight * output * output;
    }
    const determinant = h00 * h11 - h01 * h01;
    const isFlat = !withSlope || determinant <= 1e-12 * h00 * h11;
    const moveIntercept = isFlat ? g0 / h00 : (h11 * g0 - h01 * g1) / determinant;
    const moveSlope = isFlat ? 0 : (h00 * g1 - h01 * g0) / determinant;
    intercept -= Math.max(-2, Math.min(2, moveIntercept));
    slope -= Math.max(-1, Math.min(1, moveSlope));
    if (Math.abs(moveIntercept) + Math.abs(moveSlope) < 1e-9) break;
  }
  return { slope, intercept };
}

/**
 * The calibration for the mean of several networks, from one that was fitted to single ones. A mean is less blurred by the accidents of each
 * training, so its slope is steeper by the ratio of the variances; the intercept keeps the mean probability. `single` are outputs of single
 * networks for the same unseen rows, whose outcomes are not looked at.
 */
export function calibrateMean(calibration: Calibration, single: readonly Float64Array[]): Calibration {
  const [first] = single;
  if (first === undefined || single.length < 2 || calibration.slope === 0) return calibration;
  const means = first.map((_, row) => single.reduce((sum, own) => sum + (own[row] ?? 0), 0) / single.length);
  const ofOne = single.reduce((sum, own) => sum + varianceOf(own), 0) / single.length;
  const ratio = ofOne / varianceOf(means);
  if (!Number.isFinite(ratio)) return calibration;
  const slope = calibration.slope * Math.min(Math.max(ratio, 1), 2);
  const probability =
    single.reduce((sum, own) => sum + meanOf(own.map((output) => calibrated(calibration, output))), 0) /
    single.length;
  return { slope, intercept: interceptFor(slope, means, probability, calibration.intercept) };
}

/** The intercept with which the mean probability is the one wanted. */
function interceptFor(slope: number, outputs: Float64Array, wanted: number, start: number): number {
  let intercept = start;
  for (let step = 0; step < STEPS; step += 1) {
    const probabilities = outputs.map((output) => sigmoid(slope * output + intercept));
    const weight = meanOf(probabilities.map((probability) => probability * (1 - probability)));
    const move = (meanOf(probabilities) - wanted) / Math.max(weight, 1e-9);
    intercept -= Math.max(-2, Math.min(2, move));
    if (Math.abs(move) < 1e-10) break;
  }
  return intercept;
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function varianceOf(values: Float64Array): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}
