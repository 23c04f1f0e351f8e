import type { Format } from '../locale/create-format.ts';
import { MONEY, RATES, TOTALS } from '../metrics.ts';
import type { Report } from '../report.ts';
import { type Html, html } from './html.ts';
import { section } from './section.ts';
import { table } from './tables.ts';

/** Every figure with its name in the document, for whoever wants to check one. */
export function allFigures({ totals, rates, money, intervals }: Report, format: Format): Html {
  const { t } = format;
  const number = true;
  const amounts = Object.entries(money).map(([currency, figures]) =>
    table(
      t.moneyIn(currency),
      [{ title: t.figure }, { title: t.amount, number }, { title: t.inDocument }],
      MONEY.map(({ name }) => [t.money[name], format.amount(figures[name], currency), code(name)]),
    ),
  );
  const shares = table(
    t.ratesTitle,
    [{ title: t.figure }, { title: t.value, number }, { title: t.interval, number }, { title: t.howMade }],
    RATES.map(({ name, numerator, denominator }) => {
      const interval = intervals[name];
      const names = denominator.map((one) => t.totals[one]).join(' + ');
      return [
        t.rates[name],
        format.share(rates[name]),
        interval === null ? '–' : `${format.share(interval[0])} – ${format.share(interval[1])}`,
        html`<span class="how">${numerator.map((one) => t.totals[one]).join(' + ')} ÷ ${denominator.length > 1 ? `(${names})` : names}</span>`,
      ];
    }),
  );
  const counts = table(
    t.countsTitle,
    [{ title: t.figure }, { title: t.value, number }, { title: t.inDocument }],
    TOTALS.map(({ name }) => [t.totals[name], format.count(totals[name]), code(name)]),
  );
  return section(
    t.allFigures,
    t.allFiguresLede,
    html`<div class="panel tables">${amounts}${shares}${counts}</div>`,
  );
}

function code(name: string): Html {
  return html`<code>${name}</code>`;
}
