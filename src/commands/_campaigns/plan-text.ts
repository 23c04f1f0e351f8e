import type { Plan } from '../../core/campaigns/plan-campaign.ts';
import type { SampleRow } from './write-samples.ts';

const SIGNS = { passed: 'ok    ', warned: 'WARN  ', refused: 'REFUSED' } as const;

/** A plan for a person: who, why not, what it takes, and what the gate says, the worst first. */
export function planText(plan: Plan, samples: readonly SampleRow[]): string {
  const { checks, cost, excluded, variants } = plan;
  const worst = [
    ...checks.filter(({ result }) => result === 'refused'),
    ...checks.filter(({ result }) => result === 'warned'),
  ];
  const passed = checks.filter(({ result }) => result === 'passed').map(({ name }) => name);
  const count = (value: number): string => value.toLocaleString('en-US');
  return [
    `campaign    ${plan.campaign}, template ${plan.template.name} version ${plan.template.version}`,
    `audience    ${count(plan.audience)}`,
    `recipients  ${count(plan.recipients)}`,
    ...Object.entries(excluded).map(([reason, people]) => `  not       ${count(people)} ${reason}`),
    ...(variants.length > 1
      ? variants.map(
          ({ name, recipients }) =>
            `  variant   ${name}: ${recipients === null ? 'drawn while sending' : count(recipients)}`,
        )
      : []),
    ...plan.blocks.flatMap(({ block, choices }) => [
      `  block     ${block}`,
      ...choices.map(({ when, recipients }) => `            ${when}: ${count(recipients)}`),
    ]),
    ...plan.domain_classes.flatMap(({ name, recipients, estimated_seconds }) =>
      recipients === 0 ? [] : [`  domains   ${name}: ${count(recipients)}, ${duration(estimated_seconds)}`],
    ),
    `time        ${duration(plan.estimated_seconds)}${plan.basis.send_at === 'best' ? ' of sending, at the best hour of each within a week' : ''}`,
    ...(cost === null ? [] : [`cost        ${cost.amount} ${cost.currency}`]),
    `digest      ${plan.digest}`,
    '',
    ...worst.flatMap(({ name, result, message, fix }) => [
      `${SIGNS[result].padEnd(8)}${name}: ${message}`,
      ...(fix === null ? [] : [`        → ${fix}`]),
    ]),
    `${SIGNS.passed.padEnd(8)}${passed.join(', ')}`,
    '',
    ...samples.map(
      ({ reason, customer_id, variant, html_bytes, files }) =>
        `sample  ${reason.replaceAll('_', ' ').padEnd(15)} ${customer_id}, ${variant}, ${Math.ceil(html_bytes / 1_000)} kB${files === undefined ? '' : `: ${files.join(', ')}`}`,
    ),
  ].join('\n');
}

function duration(seconds: number | null): string {
  if (seconds === null) return 'never, under the limits as they are';
  const units = [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ] as const;
  for (const [unit, length] of units) {
    if (seconds >= 2 * length) return `about ${Math.round(seconds / length)} ${unit}s`;
  }
  return `${seconds} s`;
}
