import type { TrainingData } from '../../core/models/build-model.ts';
import {
  compareTreatments,
  type TreatmentOptions,
  type TreatmentReport,
  type UpliftResult,
} from '../../core/uplift/compare-treatments.ts';
import type { Context } from '../_runtime/context.ts';
import type { ObjectResult } from '../_runtime/result.ts';
import { showProgress } from '../_runtime/show-progress.ts';

/** `segments train --treatment`: who is moved, without a model that is kept. */
export async function describeUplift(
  context: Context,
  data: TrainingData,
  {
    treatment,
    control,
    keep,
    seed,
  }: Pick<TreatmentOptions, 'treatment' | 'keep' | 'seed'> & {
    readonly control?: string | undefined;
  },
): Promise<ObjectResult> {
  const { signal } = context;
  const result = await showProgress(context, 'comparing', (onProgress) =>
    compareTreatments(data, { treatment, control, keep, seed, signal, onProgress }),
  );
  for (const warning of result.warnings) context.warn(warning);
  return { kind: 'object', data: { ...result, dry_run: context.globals.dryRun }, text: upliftText(result) };
}

function upliftText({ target, positive, treatment, control, rows, treatments }: UpliftResult): string {
  return [
    `${target} = ${positive}, by ${treatment} against "${control}": ${rows.toLocaleString('en-US')} rows`,
    ...treatments.flatMap((report) => ['', ...treatmentLines(report)]),
    '',
  ].join('\n');
}

function treatmentLines(report: TreatmentReport): readonly string[] {
  const { verdict, treated, untreated, effect, learners } = report;
  return [
    verdict,
    `  treated    ${percent(treated.rate)} of ${treated.people.toLocaleString('en-US')}`,
    `  untreated  ${percent(untreated.rate)} of ${untreated.people.toLocaleString('en-US')}`,
    `  effect     ${percent(effect.estimate)}, standard error ${percent(effect.standard_error)}`,
    ...learners.flatMap(({ learner, qini, groups }) => [
      `  ${learner.toUpperCase()}-learner  Qini ${points(qini.coefficient)} (95 % between ${points(qini.low)} and ${points(qini.high)}); effect by fifth, most moved first: ${groups.map((group) => percent(group.effect.estimate)).join(', ')}`,
    ]),
  ];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}

function points(coefficient: number): string {
  // Not "-0.0000".
  return (Math.round(coefficient * 10_000) / 10_000 + 0).toFixed(4);
}
