import { currencyExponent } from '../../money.ts';
import type { Format } from '../locale/create-format.ts';
import type { Report } from '../report.ts';
import { type Bins, chartBins } from './chart-bins.ts';
import { columnChart, lineChart } from './charts.ts';
import { type Html, html } from './html.ts';
import { empty, section } from './section.ts';
import { tableBehind } from './tables.ts';

/** Bookings, referrals and revenue, by day, week or month. */
export function timeSection(report: Report, format: Format): Html {
  const { series, timezone } = report;
  const { t, count } = format;
  const { unit, bins } = chartBins(series, format.date);
  const [first, last] = [bins[0], bins.at(-1)];
  if (first === undefined || last === undefined) return section(t.overTime, '', empty(t.noBooking));
  const title = t.bookingsAndReferrals(unit);
  const columns = columnChart({
    label: `${title}, ${t.span(first.label, last.label)}`,
    ...{ names: bins.map((bin) => bin.label), format: count },
    columns: bins.map(({ label, bookings, referrals }) => ({
      title: `${label}: ${t.bookings} ${count(bookings)}, ${t.referrals} ${count(referrals)}`,
      back: bookings,
      front: referrals,
    })),
  });
  const keys = html`<ul class="keys"><li><span class="swatch back"></span>${t.wideColumns}</li><li><span class="swatch front"></span>${t.narrowColumns}</li></ul>`;
  const number = true;
  return section(
    t.overTime,
    t.overTimeLede(unit, timezone),
    html`<div class="panel"><h3>${title}</h3>${keys}${columns}${tableBehind(
      format,
      title,
      [{ title: t.units[unit] }, { title: t.bookings, number }, { title: t.referrals, number }],
      bins.map((bin) => [bin.label, count(bin.bookings), count(bin.referrals)]),
    )}</div>${revenuePanels(report, format, unit, bins)}`,
  );
}

// The main currency over the whole width, the others side by side.
function revenuePanels(
  { main_currency: main }: Report,
  format: Format,
  unit: Bins['unit'],
  bins: Bins['bins'],
): Html {
  const currencies = [...new Set(bins.flatMap((bin) => Object.keys(bin.revenue)))].sort();
  const others = currencies.filter((currency) => currency !== main);
  const first =
    main !== null && currencies.includes(main) ? revenuePanel(main, format, unit, bins) : undefined;
  const more = others.map((currency) => revenuePanel(currency, format, unit, bins));
  return html`${first}${more.length > 1 ? html`<div class="pair">${more}</div>` : more}`;
}

function revenuePanel(currency: string, format: Format, unit: Bins['unit'], bins: Bins['bins']): Html {
  const { t } = format;
  const digits = currencyExponent(currency);
  const values = bins.map((bin) => bin.revenue[currency] ?? 0);
  const title = t.revenueBy(unit, currency);
  return html`<div class="panel"><h3>${title}</h3>${lineChart({
    label: title,
    names: bins.map((bin) => bin.label),
    values,
    format: (value) => format.shortAmount(value, currency),
  })}${tableBehind(
    format,
    title,
    [{ title: t.units[unit] }, { title: t.revenue, number: true }],
    bins.map((bin, index) => [bin.label, format.amount((values[index] ?? 0).toFixed(digits), currency)]),
  )}</div>`;
}
