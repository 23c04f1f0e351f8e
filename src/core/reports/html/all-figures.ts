import { formatAmount, formatCount, formatRate } from '../format-figures.ts';
import { MONEY, RATES, TOTALS } from '../metrics.ts';
import type { Report } from '../report.ts';
import { type Html, html } from './html.ts';
import { table } from './tables.ts';

/** Every figure with how it is made, for whoever wants to check one. */
export function allFigures({ totals, rates, money }: Report): Html {
  const counts = table(
    'Counts',
    [{ title: 'Figure' }, { title: 'Value', number: true }, { title: 'What it counts' }],
    TOTALS.map(({ name, title, formula }) => [title, formatCount(totals[name]), how(formula)]),
  );
  const shares = table(
    'Rates',
    [{ title: 'Figure' }, { title: 'Value', number: true }, { title: 'How it is made' }],
    RATES.map(({ name, title, numerator, denominator }) => [
      title,
      formatRate(rates[name]),
      how(
        `${numerator.join(' + ')} ÷ ${denominator.length > 1 ? `(${denominator.join(' + ')})` : denominator.join()}`,
      ),
    ]),
  );
  const amounts = Object.entries(money).map(([currency, figures]) =>
    table(
      `Money in ${currency}`,
      [{ title: 'Figure' }, { title: 'Amount', number: true }, { title: 'How it is made' }],
      MONEY.map(({ name, title, formula }) => [title, formatAmount(figures[name], currency), how(formula)]),
    ),
  );
  return html`<section><h2>All figures</h2><p class="lede">Each figure has one definition; these are the numbers behind the pictures above.</p><div class="panel tables">${amounts}${shares}${counts}</div></section>`;
}

function how(formula: string): Html {
  return html`<span class="how">${formula.replaceAll('`', '').replaceAll('_', ' ')}</span>`;
}
