import { currencyExponent } from '../../money.ts';
import {
  formatAmount,
  formatCount,
  formatMoment,
  formatRate,
  formatSums,
  NOTHING,
} from '../format-figures.ts';
import { FUNNEL, ratio } from '../metrics.ts';
import type { CampaignFigures, Report, RewardSums } from '../report.ts';
import { type Bins, chartBins } from './chart-bins.ts';
import { barChart, columnChart, lineChart, type Part, stackedBar } from './charts.ts';
import { type Html, html } from './html.ts';
import { mainCurrency } from './main-currency.ts';
import { table, tableBehind } from './tables.ts';

/** From the plan of a mailing to a reward, in people. */
export function wholeFunnel({ funnel }: Report): Html {
  const title = (step: string): string => FUNNEL.find(({ name }) => name === step)?.title ?? step;
  const chart = barChart(
    'People at each step, from planned to rewarded',
    funnel.map(({ step, people, of_previous }) => ({
      label: title(step),
      value: people,
      text: formatCount(people),
      note: of_previous === null ? '' : formatRate(of_previous),
    })),
  );
  const behind = tableBehind(
    'From mail to reward',
    [{ title: 'Step' }, { title: 'People', number: true }, { title: 'Of the step before', number: true }],
    funnel.map(({ step, people, of_previous }) => [
      title(step),
      formatCount(people),
      formatRate(of_previous),
    ]),
  );
  return section(
    'From mail to reward',
    'How many people got that far, and their share of the step before. People who were never mailed can bring a booking too.',
    html`<div class="panel">${chart}${behind}</div>`,
  );
}

/** Bookings, referrals and revenue, by day, week or month. */
export function timeSection(report: Report): Html {
  const { series, timezone } = report;
  const { unit, bins } = chartBins(series);
  const [first, last] = [bins[0], bins.at(-1)];
  if (first === undefined || last === undefined) return section('Over time', '', empty('No booking yet.'));
  const columns = columnChart({
    label: `Bookings and referrals by ${unit}, ${first.label} to ${last.label}`,
    from: first.label,
    to: last.label,
    columns: bins.map(({ label, bookings, referrals }) => ({
      title: `${label}: ${formatCount(bookings)} bookings, ${formatCount(referrals)} referrals`,
      back: bookings,
      front: referrals,
    })),
  });
  const keys = html`<ul class="keys"><li><span class="swatch back"></span>Bookings, wide columns</li><li><span class="swatch front"></span>Referrals, narrow columns</li></ul>`;
  return section(
    'Over time',
    `By the time of booking, ${unit === 'week' ? 'by week from Monday' : `by ${unit}`}, in the time zone ${timezone}.`,
    html`<div class="panel"><h3>Bookings and referrals by ${unit}</h3>${keys}${columns}${tableBehind(
      `Bookings and referrals by ${unit}`,
      [{ title: capital(unit) }, { title: 'Bookings', number: true }, { title: 'Referrals', number: true }],
      bins.map((bin) => [bin.label, formatCount(bin.bookings), formatCount(bin.referrals)]),
    )}</div>${revenuePanels(report, unit, bins)}`,
  );
}

/** Where referrals and rewards stand. */
export function statusSection({ referrals, rewards }: Report): Html {
  const referralParts: Part[] = [
    part('Approved', referrals.approved, 0),
    part('Held', referrals.held, 2),
    part('Pending', referrals.pending, 1),
    part('Rejected', referrals.rejected, 5, true),
    part('Reversed', referrals.reversed, 3, true),
    part('Expired', referrals.expired, 4, true),
  ];
  const rewardParts: Part[] = [
    rewardPart('Paid', rewards.paid, 0),
    rewardPart('Claimed', rewards.claimed, 1),
    rewardPart('Available', rewards.available, 2),
    rewardPart('Held', rewards.held, 3),
    rewardPart('Expired', rewards.expired, 4, true),
    rewardPart('Reversed', rewards.reversed, 5, true),
  ];
  return section(
    'Where referrals and rewards stand',
    'A referral waits until its booking is completed and its hold is over; only approved ones earn rewards.',
    html`<div class="pair"><div class="panel"><h3>Referrals by status</h3>${partsOrEmpty('Referrals by status', referralParts, 'No referral yet.')}</div><div class="panel"><h3>Rewards by status</h3>${partsOrEmpty('Rewards by status', rewardParts, 'No reward yet.')}${rewardTable(rewards)}</div></div>`,
  );
}

/** The top of the leaderboard. */
export function leaderboardSection({ leaderboard }: Report): Html | undefined {
  if (leaderboard.length === 0) return undefined;
  const chart = barChart(
    'Points of the leading participants',
    leaderboard.map(({ position, name, points, referrals }) => ({
      label: `${position}. ${name}`,
      value: points,
      text: `${formatCount(points)} ${points === 1 ? 'point' : 'points'}`,
      note: `${formatCount(referrals)} ref.`,
    })),
  );
  return section(
    'Leaderboard',
    'Points come from approved referrals; who reached a score first stands first.',
    html`<div class="panel">${chart}${tableBehind(
      'Leaderboard',
      [
        { title: 'Position' },
        { title: 'Name' },
        { title: 'Points', number: true },
        { title: 'Referrals', number: true },
        { title: 'Counted', number: true },
        { title: 'Qualified' },
      ],
      leaderboard.map((entry) => [
        String(entry.position),
        entry.name,
        formatCount(entry.points),
        formatCount(entry.referrals),
        formatCount(entry.counted),
        entry.qualified ? 'yes' : 'no',
      ]),
    )}</div>`,
  );
}

/** What became of the mails, and how campaigns compare. */
export function mailSection({ totals, rates, campaigns, timezone }: Report): Html {
  if (campaigns.length === 0) return section('Mail', '', empty('No campaign yet.'));
  const outcome: Part[] = [
    part('Accepted', totals.accepted, 0),
    part('Pending', totals.pending, 4),
    part('Skipped', totals.skipped, 1),
    part('In doubt', totals.in_doubt, 2, true),
    part('Refused', totals.refused, 5, true),
  ];
  const shares = [
    ['Delivered', totals.delivered, rates.delivery_rate],
    ['Opened*', totals.opened, rates.open_rate],
    ['Clicked', totals.clicked, rates.click_rate],
    ['Bounced', totals.bounced, rates.bounce_rate],
    ['Unsubscribed', totals.unsubscribed, rates.unsubscribe_rate],
    ['Complained', totals.complained, rates.complaint_rate],
  ] as const;
  const reported = barChart(
    'Mails by what the provider reported',
    shares.map(([label, value, rate]) => ({
      label,
      value,
      text: formatCount(value),
      note: formatRate(rate),
    })),
  );
  return section(
    'Mail',
    `${formatCount(totals.planned)} mails in ${formatCount(totals.campaigns)} ${totals.campaigns === 1 ? 'campaign' : 'campaigns'}.`,
    html`<div class="pair"><div class="panel"><h3>Outcome of every planned mail</h3>${partsOrEmpty('Outcome of every planned mail', outcome, 'Nothing sent yet.')}</div><div class="panel"><h3>What the provider reported</h3>${reported}<p class="remark">* Opens are unreliable: mail programs open and block by themselves. Opens that a machine is known to have made are left out here; with them there are ${formatCount(totals.opened_with_machines)}.</p>${tableBehind(
      'What the provider reported',
      [{ title: 'Event' }, { title: 'Mails', number: true }, { title: 'Rate', number: true }],
      shares.map(([label, value, rate]) => [label, formatCount(value), formatRate(rate)]),
    )}</div></div><div class="panel">${campaignTable(campaigns, timezone)}</div>`,
  );
}

/** Consent and segments. */
export function peopleSection({ consent, segments, totals }: Report): Html {
  const parts: Part[] = [
    part('Granted', consent.granted, 0),
    part('Unknown', consent.unknown, 4),
    part('Withdrawn', consent.withdrawn, 5, true),
  ];
  const entries = Object.entries(segments).sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1));
  const bars = entries.map(([name, members]) => ({
    label: name.replaceAll('_', ' '),
    value: members,
    text: formatCount(members),
  }));
  const segmentsPanel =
    bars.length === 0
      ? empty('No segment yet.')
      : html`${barChart('Members of each segment', bars)}${tableBehind(
          'Segments',
          [{ title: 'Segment' }, { title: 'Members', number: true }],
          bars.map((bar) => [bar.label, bar.text]),
        )}`;
  return section(
    'Customers',
    `${formatCount(totals.customers)} customers; only those with consent are ever mailed. Suppressed addresses: ${formatCount(totals.suppressions)}.`,
    html`<div class="pair"><div class="panel"><h3>Consent</h3>${partsOrEmpty('Consent of all customers', parts, 'No customer yet.')}</div><div class="panel"><h3>Segments</h3>${segmentsPanel}</div></div>`,
  );
}

function section(title: string, lede: string, content: Html): Html {
  return html`<section><h2>${title}</h2>${lede === '' ? undefined : html`<p class="lede">${lede}</p>`}${content}</section>`;
}

function empty(text: string): Html {
  return html`<div class="panel"><p class="empty">${text}</p></div>`;
}

function part(label: string, value: number, tone: number, hatched = false): Part {
  return { label, value, text: formatCount(value), tone, hatched };
}

function rewardPart(label: string, sums: RewardSums, tone: number, hatched = false): Part {
  return part(label, sums.rewards, tone, hatched);
}

function partsOrEmpty(label: string, parts: readonly Part[], none: string): Html {
  const total = parts.reduce((sum, { value }) => sum + value, 0);
  if (total === 0) return html`<p class="empty">${none}</p>`;
  return html`${stackedBar(`${label}: ${parts.map((part) => `${part.label} ${part.text}`).join(', ')}`, parts)}${tableBehind(
    label,
    [{ title: 'Status' }, { title: 'Number', number: true }, { title: 'Share', number: true }],
    parts.map((part) => [part.label, part.text, formatRate(ratio(part.value, total))]),
  )}`;
}

function rewardTable(rewards: Report['rewards']): Html | undefined {
  const rows = Object.entries(rewards).filter(([, sums]) => sums.rewards > 0);
  if (rows.length === 0) return undefined;
  return table(
    'What the rewards are worth',
    [
      { title: 'Status' },
      { title: 'Amount', number: true },
      { title: 'Free days', number: true },
      { title: 'Badges', number: true },
    ],
    rows.map(([status, sums]) => [
      capital(status),
      formatSums(sums.amounts),
      formatCount(sums.free_days),
      formatCount(sums.badges),
    ]),
  );
}

function campaignTable(campaigns: readonly CampaignFigures[], timezone: string): Html {
  return table(
    'Campaigns',
    [
      { title: 'Campaign' },
      { title: 'Status' },
      { title: 'Started' },
      { title: 'Planned', number: true },
      { title: 'Accepted', number: true },
      { title: 'Delivered', number: true },
      { title: 'Click rate', number: true },
      { title: 'Bounce rate', number: true },
      { title: 'Converted', number: true },
    ],
    campaigns.map((campaign) => [
      campaign.campaign,
      campaign.status,
      campaign.started_at === null ? NOTHING : formatMoment(campaign.started_at, timezone),
      formatCount(campaign.planned),
      formatCount(campaign.accepted),
      formatCount(campaign.delivered),
      formatRate(ratio(campaign.clicked, campaign.delivered)),
      formatRate(ratio(campaign.bounced, campaign.accepted)),
      formatCount(campaign.converted),
    ]),
  );
}

// The main currency over the whole width, the others side by side.
function revenuePanels(report: Report, unit: Bins['unit'], bins: Bins['bins']): Html {
  const main = mainCurrency(report);
  const currencies = [...new Set(bins.flatMap((bin) => Object.keys(bin.revenue)))].sort();
  const others = currencies.filter((currency) => currency !== main);
  const first = main !== undefined && currencies.includes(main) ? revenuePanel(main, unit, bins) : undefined;
  const more = others.map((currency) => revenuePanel(currency, unit, bins));
  return html`${first}${more.length > 1 ? html`<div class="pair">${more}</div>` : more}`;
}

function revenuePanel(currency: string, unit: Bins['unit'], bins: Bins['bins']): Html {
  const digits = currencyExponent(currency);
  const amount = (value: number): string => formatAmount(value.toFixed(digits), currency);
  const short = new Intl.NumberFormat('en', {
    notation: 'compact',
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
  });
  const values = bins.map((bin) => bin.revenue[currency] ?? 0);
  const title = `Revenue from referrals by ${unit}, net, ${currency}`;
  return html`<div class="panel"><h3>${title}</h3>${lineChart({
    label: title,
    from: bins[0]?.label ?? '',
    to: bins.at(-1)?.label ?? '',
    values,
    format: (value) => short.format(value),
  })}${tableBehind(
    title,
    [{ title: capital(unit) }, { title: 'Revenue', number: true }],
    bins.map((bin, index) => [bin.label, amount(values[index] ?? 0)]),
  )}</div>`;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
