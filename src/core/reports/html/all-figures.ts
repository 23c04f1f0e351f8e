import { type Format, NOTHING } from '../locale/create-format.ts';
import { MONEY, RATES, TOTALS, type TotalName } from '../metrics.ts';
import type { Report } from '../report.ts';
import { type Html, html } from './html.ts';
import { section } from './section.ts';
import { table } from './tables.ts';

/** Every figure with its name in the document, for whoever wants to check one. */
export function allFigures(report: Report, format: Format): Html {
  const { t } = format;
  return section(
    t.allFigures,
    t.allFiguresLede,
    html`<div class="panel tables">${amounts(report, format)}${shares(report, format)}<div class="columns">${counts(report, format)}</div></div>`,
  );
}

function amounts({ money }: Report, format: Format): Html | undefined {
  const { t } = format;
  const currencies = Object.keys(money);
  if (currencies.length === 0) return undefined;
  return table(
    t.amounts,
    [{ title: t.figure }, ...currencies.map((title) => ({ title, number: true }))],
    MONEY.map(({ name }) => [
      named(t.money[name], name),
      ...currencies.map((currency) => format.amount(money[currency]?.[name] ?? null, currency)),
    ]),
  );
}

function shares({ rates, intervals }: Report, format: Format): Html {
  const { t } = format;
  const number = true;
  const sum = (names: readonly TotalName[]): string => names.map((name) => t.totals[name]).join(' + ');
  return table(
    t.ratesTitle,
    [{ title: t.figure }, { title: t.value, number }, { title: t.interval, number }],
    RATES.map(({ name, numerator, denominator }) => {
      const interval = intervals[name];
      const under = denominator.length > 1 ? `(${sum(denominator)})` : sum(denominator);
      return [
        html`${named(t.rates[name], name)}<span class="how">${sum(numerator)} ÷ ${under}</span>`,
        format.share(rates[name]),
        interval === null ? NOTHING : `${format.share(interval[0])} – ${format.share(interval[1])}`,
      ];
    }),
  );
}

function counts({ totals }: Report, format: Format): Html[] {
  const { t } = format;
  const groups = new Map<string, TotalName[]>();
  for (const { name } of TOTALS) {
    const title = groupOf(name, format);
    groups.set(title, [...(groups.get(title) ?? []), name]);
  }
  return [...groups].map(([title, names]) =>
    table(
      title,
      [{ title: t.figure }, { title: t.value, number: true }],
      names.map((name) => [named(t.totals[name], name), format.count(totals[name])]),
    ),
  );
}

function groupOf(name: TotalName, { t }: Format): string {
  if (name.startsWith('booking')) return t.bookings;
  if (name.startsWith('referral') || name.startsWith('friends')) return t.referrals;
  if (name.startsWith('reward')) return t.totals.rewards;
  const position = TOTALS.findIndex((one) => one.name === name);
  return position < TOTALS.findIndex((one) => one.name === 'campaigns') ? t.customers : t.mail;
}

function named(title: string, name: string): Html {
  const words = name.split('_').map((word, index) => (index === 0 ? html`${word}` : html`_<wbr>${word}`));
  return html`${title} <code>${words}</code>`;
}
