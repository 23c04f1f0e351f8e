import { FUNNEL, MONEY, RATES, TOTALS, type TotalMetric } from '../src/core/reports/metrics.ts';

/** The tables of docs/metrics.md, by heading: what a test compares the page with. */
export function metricsTables(): Readonly<Record<string, readonly string[]>> {
  return {
    Totals: metricRows(TOTALS),
    Money: metricRows(MONEY),
    Funnel: metricRows(FUNNEL),
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
