/*
 * Runs the simulations on which the verdicts about campaigns rest, in full: `node bench/soak-experiments.ts [runs] [seed]`. Prints
 * one line of JSON for each figure with the bound that it has to keep, and ends with 1 when one does not.
 */
import { planSize } from '../src/core/experiments/plan-size.ts';
import { loadDistributions } from '../src/core/statistics/distributions.ts';
import {
  alwaysValid,
  fixedOnce,
  type NullExperiment,
  simulateCoverage,
  simulateFalseWinners,
  simulatePower,
  simulateRegret,
  simulateSampleRatio,
  simulateSequenceCoverage,
} from '../test/simulate-experiments.ts';

const [givenRuns = '10000', givenSeed = '1'] = process.argv.slice(2);
const runs = Number(givenRuns);
const seed = Number(givenSeed);
const distributions = await loadDistributions();
const once = fixedOnce(distributions);
let failed = false;

function tell(what: string, setting: object, found: number, least: number, most: number): void {
  const kept = found >= least && found <= most;
  failed ||= !kept;
  console.log(JSON.stringify({ what, ...setting, found: Math.round(found * 1e5) / 1e5, least, most, kept }));
}

const NULLS: readonly NullExperiment[] = [
  { rate: 0.05, first: 10_000, second: 10_000, baseline: 0.05, looks: 30 },
  { rate: 0.05, first: 10_000, second: 10_000, baseline: 0.01, looks: 30 },
  { rate: 0.01, first: 2_000, second: 2_000, baseline: 0.01, looks: 30 },
  { rate: 0.02, first: 500, second: 9_500, baseline: 0.01, looks: 30 },
  { rate: 0.3, first: 50, second: 950, baseline: 0.03, looks: 30 },
];
for (const experiment of NULLS) {
  for (const grows of [true, false]) {
    const found = simulateFalseWinners({ ...experiment, grows }, runs, seed, alwaysValid(experiment));
    tell('false winners, always valid', { ...experiment, grows, runs }, found, 0, 0.05);
  }
}
const [plain] = NULLS;
if (plain !== undefined) {
  // For comparison: what looking often does to a test that is made for one look.
  const peeked = simulateFalseWinners({ ...plain, grows: true }, runs, seed, once);
  tell('false winners, fixed horizon looked at 30 times', { ...plain, runs }, peeked, 0.05, 1);
  const honest = simulateFalseWinners({ ...plain, grows: true, looks: 1 }, runs, seed, once);
  tell('false winners, fixed horizon', { ...plain, looks: 1, runs }, honest, 0.04, 0.06);
}
for (const [baseline, difference] of [
  [0.05, 0.01],
  [0.01, 0.005],
  [0.2, 0.03],
] as const) {
  const question = { baseline, difference, alpha: 0.05, power: 0.8 };
  const rates = [baseline, baseline + difference] as const;
  const size = planSize({ ...question, mode: 'fixed' }, 2, distributions);
  tell(
    'power, fixed horizon',
    { ...question, size, runs },
    simulatePower(size, rates, runs, seed, once),
    0.8,
    1,
  );
  const long = planSize({ ...question, mode: 'always_valid' }, 2, distributions);
  const judge = alwaysValid({ rate: baseline, first: long, second: long, baseline, looks: 1 });
  const found = simulatePower(long, rates, runs, seed, judge);
  tell('power, always valid, at the end', { ...question, size: long, runs }, found, 0.8, 1);
}
for (const [sizes, rates] of [
  [
    [2_000, 2_000],
    [0.05, 0.06],
  ],
  [
    [10_000, 10_000],
    [0.01, 0.01],
  ],
  [
    [500, 9_500],
    [0.02, 0.03],
  ],
  [
    [300, 300],
    [0.3, 0.4],
  ],
] as const) {
  const found = simulateCoverage(sizes, rates, runs, seed, distributions);
  tell('coverage of 95 % intervals', { sizes, rates, runs }, found, 0.94, 0.96);
}
for (const [rates, size] of [
  [[0.05, 0.06], 10_000],
  [[0.05, 0.08], 2_000],
  [[0.3, 0.2], 1_000],
] as const) {
  for (const grows of [true, false]) {
    const experiment = { rates, size, baseline: 0.03, looks: 30, grows };
    const found = simulateSequenceCoverage(experiment, runs, seed);
    tell('coverage of 95 % confidence sequences, at all looks', { ...experiment, runs }, found, 0.95, 1);
  }
}
const fewer = Math.max(1, Math.round(runs / 10));
const uneven = simulateSampleRatio(80_000, 0.51, fewer, seed, distributions);
tell('51 to 49 found at 80,000', { runs: fewer }, uneven, 0.98, 1);
const even = simulateSampleRatio(80_000, 0.5, fewer, seed, distributions);
tell('halves taken for something else at 80,000', { runs: fewer }, even, 0, 0.005);
for (const rates of [
  [0.04, 0.05, 0.06],
  [0.02, 0.03],
]) {
  const most = Math.max(1, Math.round(runs / 100));
  const { bandit, uniform } = simulateRegret(rates, 20_000, 500, most, seed, distributions);
  const setting = { rates, mails: 20_000, runs: most, bandit, uniform };
  tell("a bandit's regret, against equal shares", setting, bandit / uniform, 0, 0.5);
}
process.exitCode = failed ? 1 : 0;
