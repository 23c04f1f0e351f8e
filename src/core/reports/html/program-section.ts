import type { Format } from '../locale/create-format.ts';
import { figureTitle } from '../locale/format-tables.ts';
import { AVERAGES, PROGRAM } from '../program-metrics.ts';
import type { ComparedFigure, Report } from '../report.ts';
import { type Html, html } from './html.ts';
import { section } from './section.ts';
import { table } from './tables.ts';

/** How fast it spreads, and what a friend is worth and costs. */
export function programSection({ program, averages, rates }: Report, format: Format): Html {
  const { t } = format;
  const facts = [
    ...PROGRAM.map(({ name }) => [t.program[name], format.number(program[name])] as const),
    [t.rates.retention_rate, format.share(rates.retention_rate)] as const,
  ].map(([label, value]) => html`<div class="fact"><dt>${label}</dt><dd>${value}</dd></div>`);
  const currencies = Object.keys(averages);
  const money =
    currencies.length === 0
      ? undefined
      : html`<div class="panel">${table(
          t.byCurrency,
          [{ title: t.figure }, ...currencies.map((title) => ({ title, number: true }))],
          [
            ...AVERAGES.map(({ name }) => [
              t.averages[name],
              ...currencies.map((currency) => format.average(averages[currency], name, currency)),
            ]),
            [
              t.program.return_rate,
              ...currencies.map((currency) => format.share(averages[currency]?.return_rate ?? null)),
            ],
          ],
        )}</div>`;
  return section(t.programTitle, t.programLede, html`<dl class="facts">${facts}</dl>${money}`);
}

/** What happened in the period beside the one before; nothing for all time. */
export function comparisonSection({ previous, timezone }: Report, format: Format): Html | undefined {
  if (previous === null) return undefined;
  const { t } = format;
  const moments = [previous.period_from, previous.period_to].map((at) => format.moment(at, timezone));
  const number = true;
  return section(
    t.comparison,
    t.comparisonLede(moments[0] ?? '', moments[1] ?? ''),
    html`<div class="panel">${table(
      t.comparison,
      [
        { title: t.figure },
        { title: t.current, number },
        { title: t.previous, number },
        { title: t.change, number },
      ],
      previous.rows.map((row) => [
        `${figureTitle(row.name, row.currency !== null, format)}${row.currency === null ? '' : `, ${row.currency}`}`,
        show(row, row.current, format),
        show(row, row.previous, format),
        format.change(row.change, isRate(row)),
      ]),
      false,
    )}</div>`,
  );
}

function show(row: ComparedFigure, value: ComparedFigure['current'], format: Format): string {
  if (row.currency !== null) return format.amount(value === null ? null : String(value), row.currency);
  if (isRate(row)) return format.share(value === null ? null : Number(value));
  return format.count(Number(value));
}

function isRate({ name }: ComparedFigure): boolean {
  return name.endsWith('_rate');
}
