import { formatAmount, formatCount, formatRate, formatSums, NOTHING } from '../format-figures.ts';
import type { MoneyName } from '../metrics.ts';
import type { Report, Sums } from '../report.ts';
import { chartBins } from './chart-bins.ts';
import { sparkline } from './charts.ts';
import { type Html, html } from './html.ts';
import { mainCurrency } from './main-currency.ts';

/** The figures that a manager asks for first. */
export function keyCards(report: Report): Html {
  const { totals, rates } = report;
  const { bins } = chartBins(report.series);
  const currency = mainCurrency(report);
  const revenue = bins.map((bin) => (currency === undefined ? 0 : (bin.revenue[currency] ?? 0)));
  return html`<ul class="cards">
${card('Revenue from referrals, net', money(report, 'revenue_net'), revenueNote(report), sparkline(revenue))}
${card(
  'Referrals approved',
  formatCount(totals.referrals_approved),
  `of ${formatCount(totals.referrals)} referrals; ${formatCount(totals.referrals_pending + totals.referrals_held)} still open`,
  sparkline(bins.map((bin) => bin.referrals)) ?? html``,
)}
${card(
  'Participants with a referral',
  formatCount(totals.active_participants),
  `of ${formatCount(totals.participants)} participants, ${formatRate(rates.referral_rate)}`,
)}
${card('Click rate', formatRate(rates.click_rate), `${formatCount(totals.clicked)} of ${formatCount(totals.delivered)} delivered mails`)}
${card('Cost of rewards', money(report, 'reward_cost'), `${formatSums(sumsOf(report, 'rewards_paid'))} of it paid`)}
</ul>`;
}

/** One figure by currency, those of nothing left out unless all are. */
export function sumsOf({ money }: Report, name: MoneyName): Sums {
  const entries = Object.entries(money).map(([currency, figures]) => [currency, figures[name]] as const);
  const some = entries.filter(([, amount]) => Number(amount) !== 0);
  return Object.fromEntries(some.length === 0 ? entries.slice(0, 1) : some);
}

function card(label: string, figure: string, note: string, spark?: Html): Html {
  return html`<li class="key${spark === undefined ? '' : ' wide'}"><span class="key-label">${label}</span><span class="key-figure">${figure}</span><span class="key-note">${note}</span>${spark}</li>`;
}

function money(report: Report, name: MoneyName): string {
  const currency = mainCurrency(report);
  const amount = currency === undefined ? undefined : report.money[currency]?.[name];
  return currency === undefined || amount === undefined ? NOTHING : formatAmount(amount, currency);
}

function revenueNote(report: Report): string {
  const { rates, money: currencies } = report;
  const main = mainCurrency(report);
  const others = Object.entries(currencies).filter(([currency]) => currency !== main);
  const more = others
    .filter(([, figures]) => Number(figures.revenue_net) !== 0)
    .map(([currency, figures]) => formatAmount(figures.revenue_net, currency))
    .join(' and ');
  return `${more === '' ? '' : `and ${more}; `}${formatRate(rates.referred_share)} of all bookings came by referral`;
}
