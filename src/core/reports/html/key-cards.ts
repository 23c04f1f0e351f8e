import type { Format } from '../locale/create-format.ts';
import { NOTHING } from '../locale/create-format.ts';
import type { MoneyName } from '../metrics.ts';
import type { Report, Sums } from '../report.ts';
import { chartBins } from './chart-bins.ts';
import { sparkline } from './charts.ts';
import { type Html, html } from './html.ts';

/** The figures that a manager asks for first. */
export function keyCards(report: Report, format: Format): Html {
  const { totals, rates, main_currency: currency } = report;
  const { t, count, share } = format;
  const { bins } = chartBins(report.series, format.date);
  const revenue = bins.map((bin) => (currency === null ? 0 : (bin.revenue[currency] ?? 0)));
  const open = count(totals.referrals_pending + totals.referrals_held);
  const change = (name: string, own: string | null = null): Html | undefined =>
    changeNote(report, format, name, own);
  return html`<ul class="cards">
${card(t.netRevenue, money(report, format, 'revenue_net'), revenueNote(report, format), sparkline(revenue), change('revenue_net', currency))}
${card(
  t.referralsApproved,
  count(totals.referrals_approved),
  t.ofReferrals(count(totals.referrals), open),
  sparkline(bins.map((bin) => bin.referrals)) ?? html``,
  change('referrals_approved'),
)}
${card(t.withReferral, count(totals.active_participants), t.ofParticipants(count(totals.participants), share(rates.referral_rate)))}
${card(t.rates.click_rate, share(rates.click_rate), t.ofDelivered(count(totals.clicked), count(totals.delivered)), undefined, change('click_rate'))}
${card(t.money.reward_cost, money(report, format, 'reward_cost'), t.ofItPaid(format.sums(sumsOf(report, 'rewards_paid'))))}
</ul>`;
}

// One figure by currency, those of nothing left out unless all are.
function sumsOf({ money }: Report, name: MoneyName): Sums {
  const entries = Object.entries(money).map(([currency, figures]) => [currency, figures[name]] as const);
  const some = entries.filter(([, amount]) => Number(amount) !== 0);
  return Object.fromEntries(some.length === 0 ? entries.slice(0, 1) : some);
}

function card(label: string, figure: string, note: string, spark?: Html, change?: Html): Html {
  return html`<li class="key${spark === undefined ? '' : ' wide'}"><span class="key-label">${label}</span><span class="key-figure">${figure}</span><span class="key-note">${note}${change}</span>${spark}</li>`;
}

function changeNote(
  { previous }: Report,
  format: Format,
  name: string,
  currency: string | null,
): Html | undefined {
  const row = previous?.rows.find((one) => one.name === name && one.currency === currency);
  if (row === undefined || row.change === null) return undefined;
  const arrow = row.change > 0 ? '▲ ' : row.change < 0 ? '▼ ' : '';
  const change = format.change(row.change, name.endsWith('_rate'));
  return html`<span class="key-change">${arrow}${format.t.sincePrevious(change)}</span>`;
}

function money(report: Report, format: Format, name: MoneyName): string {
  const currency = report.main_currency;
  const amount = currency === null ? undefined : report.money[currency]?.[name];
  return currency === null || amount === undefined ? NOTHING : format.amount(amount, currency);
}

function revenueNote(report: Report, format: Format): string {
  const { rates, money: currencies, main_currency: main } = report;
  const others = Object.entries(currencies)
    .filter(([currency, figures]) => currency !== main && Number(figures.revenue_net) !== 0)
    .map(([currency, figures]) => format.amount(figures.revenue_net, currency));
  const { t } = format;
  const more = others.length === 0 ? '' : `${t.and} ${others.join(` ${t.and} `)}; `;
  return `${more}${t.cameByReferral(format.share(rates.referred_share))}`;
}
