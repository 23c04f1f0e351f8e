import type { ExperimentFigures } from '../../core/experiments/read-experiment.ts';

/** An experiment for a person: what is compared, what was seen, and what may be said of it. */
export function experimentText(figures: ExperimentFigures): string {
  const { campaign, status, variants, comparisons, holdout, winner, reason, sample_ratio_p } = figures;
  const count = (value: number): string => value.toLocaleString('en-US');
  return [
    `campaign    ${campaign}, ${status}`,
    `design      ${describeDesign(figures)}`,
    ...variants.map(
      ({ name, customers, succeeded, rate, weighted_rate }) =>
        `variant     ${name}: ${count(succeeded)} of ${count(customers)}, ${percent(rate)}${weighted_rate === undefined ? '' : `, weighted ${percent(weighted_rate)}`}`,
    ),
    ...comparisons.map(
      ({ variant, against, difference, low, high, p_adjusted }) =>
        `difference  ${variant} less ${against}: ${percent(difference)}, from ${percent(low)} to ${percent(high)}, p ${formatP(p_adjusted)}`,
    ),
    ...(holdout === null ? [] : holdoutLines(holdout)),
    `ratio       p ${formatP(sample_ratio_p)}`,
    `winner      ${winner ?? 'none'}: ${reason}`,
  ].join('\n');
}

function describeDesign({ design, allocation, closes_at }: ExperimentFigures): string {
  if (design === null) return 'none';
  const { mode, metric, alpha, days, per_variant } = design;
  const parts = [
    allocation === 'bandit'
      ? `bandit on ${metric}: optimising, not testing`
      : `${mode.replace('_', ' ')}, by ${metric}`,
    `alpha ${percent(alpha)}`,
    ...(per_variant === null ? [] : [`${per_variant.toLocaleString('en-US')} customers for each variant`]),
    closes_at === null ? `until ${days} days after the last mail` : `until ${closes_at}`,
  ];
  return parts.join(', ');
}

function holdoutLines(holdout: NonNullable<ExperimentFigures['holdout']>): readonly string[] {
  const { held_out, mailed, difference, low, high, extra_conversions, money } = holdout;
  const group = (name: string, { customers, converted, rate }: typeof mailed): string =>
    `${name.padEnd(12)}${converted.toLocaleString('en-US')} of ${customers.toLocaleString('en-US')} converted, ${percent(rate)}`;
  const earned = Object.entries(money).map(
    ([currency, one]) => `earned      ${one.earned} ${currency}, from ${one.low} to ${one.high}`,
  );
  if (difference === null || low === null || high === null || extra_conversions === null)
    return [group('mailed', mailed), group('held out', held_out)];
  const [least, extra, most] = extra_conversions;
  return [
    group('mailed', mailed),
    group('held out', held_out),
    `campaign    ${percent(difference)}, from ${percent(low)} to ${percent(high)}: ${extra} conversions, from ${least} to ${most}`,
    ...earned,
  ];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}

function formatP(p: number): string {
  return p < 0.0001 ? 'below 0.0001' : p.toFixed(4);
}
