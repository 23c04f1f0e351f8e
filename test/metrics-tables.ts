import { FUNNEL, MONEY, RATES, TOTALS, type TotalMetric } from '../src/core/reports/metrics.ts';
import { AVERAGES, PROGRAM, RETURN, TARGETS } from '../src/core/reports/program-metrics.ts';
import { SETTINGS } from '../src/core/settings/settings.ts';

/** The tables of docs/metrics.md, by heading: what a test compares the page with. */
export function metricsTables(): Readonly<Record<string, readonly string[]>> {
  return {
    Totals: metricRows(TOTALS),
    Money: metricRows(MONEY),
    Funnel: metricRows(FUNNEL),
    Program: metricRows(PROGRAM),
    Averages: metricRows([...AVERAGES, RETURN]),
    'Targets and health': [
      '| figure | good is | target by default | weight in the score |',
      '| --- | --- | --- | --- |',
      ...TARGETS.map(
        ({ name, side, weight }) =>
          `| \`${name}\` | ${side === 'below' ? 'below' : 'at least'} | ${SETTINGS[`targets.${name}`].value} | ${weight === 0 ? 'none' : weight} |`,
      ),
    ],
    Rates: [
      '| name | what people see | formula | remark |',
      '| --- | --- | --- | --- |',
      ...RATES.map(
        ({ name, title, numerator, denominator, remark }) =>
          `| \`${name}\` | ${title} | ${sumText(numerator)} ÷ ${sumText(denominator)} | ${remark ?? ''} |`,
      ),
    ],
  };
}

function metricRows(metrics: readonly TotalMetric[]): string[] {
  return [
    '| name | what people see | what it counts | source |',
    '| --- | --- | --- | --- |',
    ...metrics.map(
      ({ name, title, formula, source }) => `| \`${name}\` | ${title} | ${formula} | ${source} |`,
    ),
  ];
}

function sumText(names: readonly string[]): string {
  const sum = names.map((name) => `\`${name}\``).join(' + ');
  return names.length > 1 ? `(${sum})` : sum;
}
